import { describe, expect, it } from "vitest";
import { faultOfPassword } from "./password.ts";

describe("a new password", () => {
  it.each([
    "um pastel de queijo",
    "a1b2c3d4e",
    `${"x".repeat(63)}y`,
    `${"x".repeat(127)}y`,
    "senha com espaço no fim ",
    "пароль-из-букв",
    "🍔🍟🥤🍦🍔🍟🥤🍨",
    "<script>alert(1)</script>",
  ])("when it is %j, then it may be used", (password) => {
    expect(faultOfPassword(password)).toBeNull();
  });

  it.each([
    ["1234567", "password-length"],
    [`${"x".repeat(128)}y`, "password-length"],
    ["🍔🍟🥤🍦🍔🍟🥤", "password-length"],
    ["uma senha\u0000boa", "password-control-character"],
    ["uma senha\nboa", "password-control-character"],
    ["uma senha \ud800", "password-control-character"],
    ["12345678", "password-common"],
    ["Password", "password-common"],
    ["senha123", "password-common"],
    ["aaaaaaaaaa", "password-common"],
    ["Comanda2026!", "password-common"],
  ])("when it is %j, then it is refused: %s", (password, fault) => {
    expect(faultOfPassword(password)).toBe(fault);
  });
});
