import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { FleetProcess } from "../../fleet/contract/process-control.ts";
import { panelNotes, type ServicesHeard } from "./panel-notes.ts";

const NOW_MS = 20_000;

const process = (
  role: FleetProcess["role"],
  state: FleetProcess["state"],
  name: string = role,
): FleetProcess => ({
  name,
  role,
  region: null,
  url: "http://127.0.0.1:4100",
  state,
  pid: null,
  restarts: 0,
  lastExit: null,
});
const ALL_WELL: ServicesHeard = {
  control: "operator",
  steering: "answers",
  judgedAtMs: NOW_MS,
  faultsSeenAtMs: NOW_MS,
  failOpen: false,
  processes: [process("origin", "running"), process("appliance", "stopped", "east-1")],
};
const notesOf = (changes: Partial<ServicesHeard>) =>
  panelNotes({ ...ALL_WELL, ...changes }, NOW_MS);

describe("panelNotes()", () => {
  test("says nothing to the operator while all is well", () => assert.deepEqual(notesOf({}), []));
  test("says nothing before anybody was asked", () =>
    assert.deepEqual(
      notesOf({ control: "unknown", steering: "unknown", judgedAtMs: undefined, processes: [] }),
      [],
    ));
  for (const [rule, changes, said] of [
    ["tells a viewer whose the buttons are", { control: "viewer" }, /operator link/],
    ["says that no fleet is there", { control: "none" }, /No fleet supervises/],
    ["says that the fleet does not answer", { control: "unreachable" }, /control does not answer/],
    [
      "gives the age of what steering told",
      { steering: "unreachable", judgedAtMs: NOW_MS - 9_000 },
      /^Steering has not answered for 9\.0\ss: its figures are that old/,
    ],
    [
      "says that steering has never answered",
      { steering: "unreachable", judgedAtMs: undefined },
      /^Steering does not answer, .*The player decides alone\.$/,
    ],
    [
      "gives the age of what is known of faults",
      { faultsSeenAtMs: NOW_MS - 9_000 },
      /^The chaos service has not answered for 9\.0\ss/,
    ],
    ["says why all are named when none is well", { failOpen: true }, /names them all/],
    [
      "says that the origin was stopped",
      { processes: [process("origin", "stopped")] },
      /^The origin is down/,
    ],
    [
      "says that the origin died, and is being started again",
      { processes: [process("origin", "backing-off")] },
      /^The origin is down/,
    ],
  ] as const satisfies readonly (readonly [string, Partial<ServicesHeard>, RegExp])[]) {
    test(rule, () => {
      const notes = notesOf(changes);
      assert.equal(notes.length, 1);
      assert.match(notes[0] ?? "", said);
    });
  }
  test("keeps silent 3.5 s, and then tells", () => {
    assert.deepEqual(notesOf({ judgedAtMs: NOW_MS - 3_500 }), []);
    assert.equal(notesOf({ judgedAtMs: NOW_MS - 3_501 }).length, 1);
  });
  test("leaves the chaos service to the fleet that would have asked it", () =>
    assert.equal(notesOf({ control: "unreachable", faultsSeenAtMs: NOW_MS - 9_000 }).length, 1));
});
