import { randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { makePersonalData, PersonalDataKeyError } from "../src/storage/personal-data.ts";

const freshKey = () => randomBytes(32).toString("base64");
const key = freshKey();
const personalData = makePersonalData({ current: key });
const id = "01940000-0000-7000-8000-000000000001";
const other = "01940000-0000-7000-8000-000000000002";

describe("personal data at rest", () => {
  it("when sealed, then it opens under its person's key, and twice the same text gives two ciphertexts", () => {
    const person = personalData.keyOf(id, personalData.newKey(id));
    const [first, second] = [person.seal("cpf", "52998224725"), person.seal("cpf", "52998224725")];
    expect(person.open("cpf", first)).toBe("52998224725");
    expect(first.equals(second)).toBe(false);
    expect(first.includes("52998224725")).toBe(false);
  });

  // Whoever can write to the database must not be able to read one person's data through another's row.
  it("when a ciphertext or a key is moved to another row or field, or altered in any byte, then it does not open", () => {
    const wrapped = personalData.newKey(id);
    const person = personalData.keyOf(id, wrapped);
    const sealed = person.seal("cpf", "52998224725");
    expect(() => person.open("email", sealed)).toThrow();
    expect(() => personalData.keyOf(other, wrapped)).toThrow();
    expect(() => personalData.keyOf(other, personalData.newKey(other)).open("cpf", sealed)).toThrow();
    for (const [bytes, open] of [
      [sealed, (altered: Buffer) => person.open("cpf", altered)],
      [wrapped, (altered: Buffer) => personalData.keyOf(id, altered)],
    ] as const) {
      for (let at = 0; at < bytes.length; at += 1) {
        const altered = Buffer.from(bytes);
        altered[at] = Number(altered[at]) ^ 1;
        expect(() => open(altered), `byte ${at}`).toThrow();
      }
      expect(() => open(bytes.subarray(0, -1))).toThrow();
    }
  });

  it("when the master key is another, then no key opens, no index fits, and the message says which setting it is", () => {
    const stranger = makePersonalData({ current: freshKey() });
    expect(() => stranger.keyOf(id, personalData.newKey(id))).toThrow(/PERSONAL_DATA_KEY/);
    expect(stranger.index("cpf", "52998224725").equals(personalData.index("cpf", "52998224725"))).toBe(false);
  });

  it("when keys are changed, then both open what they wrapped, and what was sealed stays as it is", () => {
    const next = freshKey();
    const changing = makePersonalData({ current: next, previous: key });
    const old = personalData.newKey(id);
    const sealed = personalData.keyOf(id, old).seal("email", "ana@exemplo.com.br");
    const rewrapped = changing.rewrap(id, old);
    expect(changing.keyOf(id, old).open("email", sealed)).toBe("ana@exemplo.com.br");
    expect(makePersonalData({ current: next }).keyOf(id, rewrapped).open("email", sealed)).toBe("ana@exemplo.com.br");
    expect(() => personalData.keyOf(id, rewrapped)).toThrow(PersonalDataKeyError);
    expect(changing.indexes("cpf", "52998224725")).toEqual([
      makePersonalData({ current: next }).index("cpf", "52998224725"),
      personalData.index("cpf", "52998224725"),
    ]);
  });

  it("when indexed, then the same value gives the same digest, and each field its own", () => {
    const again = makePersonalData({ current: key });
    expect(again.index("cpf", "52998224725").equals(personalData.index("cpf", "52998224725"))).toBe(true);
    expect(personalData.index("cpf", "52998224725").equals(personalData.index("email", "52998224725"))).toBe(false);
  });

  it("when there is no key, then only requests can be told apart", () => {
    const keyless = makePersonalData({ current: undefined });
    expect(() => keyless.newKey(id)).toThrow(PersonalDataKeyError);
    expect(() => keyless.index("cpf", "52998224725")).toThrow(PersonalDataKeyError);
    expect(keyless.index("request", "x").equals(keyless.index("request", "x"))).toBe(true);
  });

  it("when the key has not 32 bytes, then there is no vault", () => {
    expect(() => makePersonalData({ current: randomBytes(16).toString("base64") })).toThrow(TypeError);
  });
});
