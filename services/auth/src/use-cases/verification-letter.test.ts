import { describe, expect, it } from "vitest";
import { verificationLetter } from "./verification-letter.ts";

describe("the letter with a code", () => {
  it("when it is written, then it names the shop, the code and for how long the code is good", () => {
    const letter = verificationLetter({ shopName: "Lanchonete do Zé", code: "042917", seconds: 600 });
    expect(letter.subject).toBe("042917 é o seu código · Lanchonete do Zé");
    expect(letter.text).toMatch(/^Seu código é 042917\. Ele vale por 10 minutos, uma única vez\.\n/);
    expect(verificationLetter({ shopName: "x", code: "1", seconds: 60 }).text).toContain("por 1 minuto,");
  });
});
