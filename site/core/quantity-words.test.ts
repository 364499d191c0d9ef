import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  ageWords,
  behindLiveWords,
  bitrateWords,
  clockWords,
  countWords,
  durationWords,
  lengthWords,
  listWords,
  millisecondsWords,
  secondsWords,
  shareWords,
  sizeWords,
  wholeSecondsWords,
} from "./quantity-words.ts";
import { unbroken } from "./unbroken.rig.ts";

function rows<Given>(
  name: string,
  say: (given: Given) => string,
  table: readonly (readonly [Given, string])[],
): void {
  describe(`${name}()`, () => {
    for (const [given, expected] of table) {
      test(`${JSON.stringify(given)} reads "${expected}"`, () =>
        assert.equal(say(given), unbroken(expected)));
    }
  });
}

rows("sizeWords", sizeWords, [
  [0, "0 bytes"],
  [1023, "1023 bytes"],
  [1024, "1 KB"],
  [217_088, "212 KB"],
  [1024 * 1024, "1.0 MB"],
]);
rows("countWords", countWords, [
  [0, "0"],
  [999, "999"],
  [1000, "1,000"],
  [217_088, "217,088"],
  [1_234_567, "1,234,567"],
]);
rows("secondsWords", secondsWords, [
  [0, "0.0 s"],
  [14.23, "14.2 s"],
]);
rows("wholeSecondsWords", wholeSecondsWords, [
  [0, "0 s"],
  [14.01, "15 s"],
  [60, "60 s"],
]);
rows("bitrateWords", bitrateWords, [
  [429_417, "429 kbit/s"],
  [999_499, "999 kbit/s"],
  [999_500, "1.0 Mbit/s"],
  [2_400_000, "2.4 Mbit/s"],
]);
rows("millisecondsWords", millisecondsWords, [
  [3.44, "3.4 ms"],
  [12.6, "13 ms"],
  [1004, "1,004 ms"],
]);
rows("durationWords", durationWords, [
  [-5, "0.0 s"],
  [1_240, "1.2 s"],
  [9_949, "9.9 s"],
  [9_950, "10 s"],
  [59_499, "59 s"],
  [59_500, "1 min"],
  [3_600_000, "1 h"],
]);
rows("ageWords", ageWords, [
  [0, "now"],
  [999, "now"],
  [1_000, "1 s ago"],
  [12_900, "12 s ago"],
  [180_000, "3 min ago"],
]);
rows("clockWords", clockWords, [
  [0, "0:00"],
  [64.9, "1:04"],
  [3_729, "1:02:09"],
]);
rows("lengthWords", lengthWords, [
  [45, "45 s"],
  [60, "1 min"],
  [64, "1 min 4 s"],
  [3_120, "52 min"],
  [7_200, "2 h"],
  [7_620, "2 h 7 min"],
]);
rows("behindLiveWords", behindLiveWords, [
  [-0.2, "at the live edge"],
  [0.4, "at the live edge"],
  [0.5, "1 s behind live"],
  [6.2, "6 s behind live"],
  [80, "1 min 20 s behind live"],
]);
rows("shareWords", shareWords, [
  [0, "0 %"],
  [0.004, "< 1 %"],
  [0.123, "12 %"],
  [1, "100 %"],
]);
rows("listWords", listWords, [
  [[], ""],
  [["a"], "a"],
  [["a", "b"], "a and b"],
  [["a", "b", "c"], "a, b and c"],
]);
