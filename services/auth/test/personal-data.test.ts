import { randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { makePersonalData } from "../src/storage/personal-data.ts";

const key = randomBytes(32).toString("base64");
const personalData = makePersonalData(key);
const place = { id: "01940000-0000-7000-8000-000000000001", field: "cpf" } as const;

describe("personal data at rest", () => {
  it("when sealed, then it opens in its place, and twice the same text gives two ciphertexts", () => {
    const [first, second] = [personalData.seal(place, "52998224725"), personalData.seal(place, "52998224725")];
    expect(personalData.open(place, first)).toBe("52998224725");
    expect(first.equals(second)).toBe(false);
    expect(first.includes("52998224725")).toBe(false);
  });

  // Whoever can write to the database must not be able to read one person's data through another's row.
  it("when moved to another row or field, or altered in any byte, then it does not open", () => {
    const sealed = personalData.seal(place, "52998224725");
    expect(() => personalData.open({ ...place, id: "01940000-0000-7000-8000-000000000002" }, sealed)).toThrow();
    expect(() => personalData.open({ ...place, field: "email" }, sealed)).toThrow();
    for (let at = 0; at < sealed.length; at += 1) {
      const altered = Buffer.from(sealed);
      altered[at] = Number(altered[at]) ^ 1;
      expect(() => personalData.open(place, altered), `byte ${at}`).toThrow();
    }
    expect(() => personalData.open(place, sealed.subarray(0, -1))).toThrow();
  });

  it("when the key is another, then nothing opens, no index fits, and the message says which setting it is", () => {
    const other = makePersonalData(randomBytes(32).toString("base64"));
    expect(() => other.open(place, personalData.seal(place, "52998224725"))).toThrow(/PERSONAL_DATA_KEY/);
    expect(other.index("cpf", "52998224725").equals(personalData.index("cpf", "52998224725"))).toBe(false);
  });

  it("when indexed, then the same value gives the same digest, and each field its own", () => {
    const again = makePersonalData(key);
    expect(again.index("cpf", "52998224725").equals(personalData.index("cpf", "52998224725"))).toBe(true);
    expect(personalData.index("cpf", "52998224725").equals(personalData.index("email", "52998224725"))).toBe(false);
  });

  it("when the key has not 32 bytes, then there is no vault", () => {
    expect(() => makePersonalData(randomBytes(16).toString("base64"))).toThrow(TypeError);
  });
});
