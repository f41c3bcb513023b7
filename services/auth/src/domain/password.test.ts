import { describe, expect, it } from "vitest";
import { isLeakedPassword } from "../storage/leaked-passwords.ts";
import { faultOfPassword, personalWords } from "./password.ts";

const words = personalWords({ shopName: "Bar do Zé", name: "Rita de Sá Moreira", email: "rita.m@exemplo.com.br" });
const judge = (password: string) => faultOfPassword(password, { isLeaked: isLeakedPassword, words });

// The table of reliability AU-15.
describe("a new password", () => {
  it.each([
    "um pastel de queijo",
    "a1b2c3d4e",
    `${"x".repeat(63)}y`,
    `${"x".repeat(127)}y`,
    "senha com espaço no fim ",
    " senha com espaço na frente",
    "пароль-из-букв",
    "ação sem pressa".normalize("NFD"),
    "ação sem pressa".normalize("NFC"),
    "🍔🍟🥤🍦🍔🍟🥤🍨",
    "<script>alert(1)</script>",
    "rituais de sábado",
    "12345678 não é senha",
  ])("when it is %j, then it may be used", (password) => {
    expect(judge(password)).toBeNull();
  });

  it.each([
    ["1234567", "password-length"],
    [`${"x".repeat(128)}y`, "password-length"],
    ["🍔🍟🥤🍦🍔🍟🥤", "password-length"],
    ["", "password-length"],
    ["uma senha\u0000boa", "password-control-character"],
    ["uma senha\nboa", "password-control-character"],
    ["uma senha \ud800", "password-control-character"],
    ["12345678", "password-common"],
    ["Password", "password-common"],
    ["senha123", "password-common"],
    ["aaaaaaaaaa", "password-common"],
    ["Comanda2026!", "password-common"],
    ["trustno1", "password-common"],
    ["corvette", "password-common"],
    ["MICHELLE", "password-common"],
    ["o BarDoZe é bom", "password-personal"],
    ["b.a.r-d.o-z.é 2026", "password-personal"],
    ["moreira 1978 sp", "password-personal"],
    ["Rita.M, a caixa", "password-personal"],
  ])("when it is %j, then it is refused: %s", (password, fault) => {
    expect(judge(password)).toBe(fault);
  });

  it("when the list of leaked ones is read, then it holds far more than the three thousand commonest", () => {
    const found = ["qwertyuiop", "1qaz2wsx", "iloveyou", "starwars", "11111111", "password1"].filter(isLeakedPassword);
    expect(found.length).toBeGreaterThanOrEqual(5);
    expect(isLeakedPassword("um pastel de queijo")).toBe(false);
  });
});
