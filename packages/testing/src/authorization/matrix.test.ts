import { expect, it } from "vitest";
import { spellOut } from "./matrix.ts";

// A matrix that lets gaps through would prove nothing: each of these must be noticed.
it("when a cell leaves a granted caller without an answer, then it is refused", () => {
  const routes = { "GET /x": { access: ["staff"], cells: [{ answers: { admin: 200 } }] } };
  expect(() => spellOut(routes)).toThrow("GET /x does not say what kitchen is answered");
});

it("when a word means nobody, or a level stands at a door, then it is refused", () => {
  const cells = [{ answers: { granted: 200 } }];
  expect(() => spellOut({ "GET /x": { access: ["owner"], cells } })).toThrow('"owner", who is nobody');
  expect(() => spellOut({ "GET /x": { access: ["registered"], cells } })).toThrow('"customers", not "registered"');
});

it("when several words mean one caller, then the narrowest counts; who is not granted is refused", () => {
  const [row] = spellOut({
    "GET /x": {
      access: ["staff", "customers"],
      cells: [{ answers: { granted: 200, customers: 404, registered: 409 } }],
    },
  }).rows;
  expect(row?.expect).toMatchObject({ nobody: 401, kitchen: 200, identified: 404, registered: 409, service: 403 });
});

const found = { params: { id: "{thing}" }, answers: { granted: 200 } };
const missing = { about: "nothing there", answers: { granted: 404 } };
const own = { about: "own", params: { id: "{own_thing}" }, answers: { granted: 200 } };
const others = { about: "another's", params: { id: "{other_thing}" }, answers: { granted: 404 } };

it.each([
  ["success", "GET /x/:id", ["staff"], [{ ...found, answers: { granted: 409 } }, missing]],
  ["something there", "GET /x/:id", ["staff"], [missing, { path: "/x/1", answers: { granted: 200 } }]],
  ["nothing there", "GET /x/:id", ["staff"], [found]],
  ["own", "GET /x/:id", ["customers"], [others, missing, { ...found, about: "some" }]],
  ["another's", "GET /x/:id", ["customers"], [own, missing]],
  ["another's", "GET /x/:id", ["everybody"], [own, missing]],
])("when a route has no cell for %s, then it is refused, unless it says why", (gap, route, access, cells) => {
  expect(() => spellOut({ [route]: { access, cells } })).toThrow(`${route} has no cell for ${gap}`);
  expect(() => spellOut({ [route]: { access, cells, without: { [gap]: "shown elsewhere" } } })).not.toThrow();
});

it("when a route excuses itself for a cell that it has, then it is refused", () => {
  const without = { own: "shown elsewhere" };
  const cells = [own, others, missing];
  expect(() => spellOut({ "GET /x/:id": { access: ["customers"], cells, without } })).toThrow("without need");
  expect(() => spellOut({ "GET /x/:id": { access: ["customers"], cells } })).not.toThrow();
});
