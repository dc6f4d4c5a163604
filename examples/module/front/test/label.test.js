import assert from "node:assert";
import { test } from "node:test";

import { label } from "../src/label.js";

test("a mean has one decimal", () => {
  assert.equal(label(10), "10.0 / 20");
});

test("no mean is said", () => {
  assert.equal(label(Number.NaN), "no mark yet");
});
