import assert from "node:assert/strict";
import { test } from "node:test";
import { fleetTable } from "./fleet-table.ts";

test("fleetTable() lines up its columns and leaves no blanks at the ends", () =>
  assert.equal(
    fleetTable([
      { name: "origin", role: "origin", region: null, url: "http://a:1" },
      { name: "east-1", role: "appliance", region: "east", url: "http://b:2" },
    ]),
    `  name     role        region   address
  origin   origin      -        http://a:1
  east-1   appliance   east     http://b:2
`,
  ));
