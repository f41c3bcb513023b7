import { afterAll, describe, expect, it } from "vitest";
import { registerGuest } from "./builders.ts";
import { post, postToken } from "./harness.ts";
import { startShop } from "./shop.ts";

const { auth, clock, signedIn, statusOf } = await startShop();
afterAll(() => auth.close());

const PASSWORD = "um pastel de queijo";

describe("passwords", () => {
  it("when somebody changes theirs, then the present session stays, the others end, and the old one is worth nothing", async () => {
    const who = await signedIn("cashier");
    const elsewhere = (await who.signIn()).json();
    const payload = { current_password: PASSWORD, new_password: "dois pasteis de carne" };
    const done = await post(auth, `/customers/${who.id}/password`, { payload, token: who.token });
    expect(done.statusCode).toBe(204);
    expect([await statusOf(who.token), await statusOf(elsewhere.access_token)]).toEqual([200, 401]);
    const renewed = await postToken(auth, { grant_type: "refresh_token", refresh_token: who.refreshToken });
    expect(renewed.statusCode).toBe(200);
    expect((await who.signIn()).statusCode).toBe(400);
    const username = who.email;
    expect((await postToken(auth, { username, password: payload.new_password })).statusCode).toBe(200);
  });

  it("when a guest changes theirs with the token of the registration, then that one ends as well", async () => {
    const guest = await registerGuest(auth);
    const payload = { current_password: guest.sent.password, new_password: "dois pasteis de carne" };
    const { access_token: token } = (
      await postToken(auth, { username: guest.sent.email, password: guest.sent.password })
    ).json();
    expect((await post(auth, `/customers/${guest.id}/password`, { payload, token })).statusCode).toBe(204);
    expect([await statusOf(token), await statusOf(guest.token)]).toEqual([200, 401]);
  });

  // A CPF is no secret: with one alone there is nothing to try passwords at.
  it("when all that is known of a guest is the CPF, then no password is looked at", async () => {
    const guest = await registerGuest(auth);
    const { access_token: token } = (
      await post(auth, "/customers/identify", { payload: { cpf: guest.sent.cpf } })
    ).json();
    const payload = { current_password: guest.sent.password, new_password: "dois pasteis de carne" };
    const answer = await post(auth, `/customers/${guest.id}/password`, { payload, token });
    expect([answer.statusCode, answer.json().code]).toEqual([401, "verification-needed"]);
    expect(answer.headers["www-authenticate"]).toContain('acr_values="verified"');
  });

  it("when the present one is wrong or the new one easy, then nothing changes; guessing is slowed down", async () => {
    const who = await signedIn("cashier");
    const change = (current: string, next: string) =>
      post(auth, `/customers/${who.id}/password`, {
        payload: { current_password: current, new_password: next },
        token: who.token,
      });
    const easy = await change(PASSWORD, "senha123");
    expect(easy.json()).toMatchObject({ code: "validation-failed", errors: [{ path: "/new_password" }] });
    for (let turn = 0; turn < 5; turn += 1) {
      expect((await change("not it at all", "dois pasteis de carne")).json().code).toBe("wrong-password");
    }
    const sixth = await change(PASSWORD, "dois pasteis de carne");
    expect([sixth.statusCode, sixth.headers["retry-after"]]).toEqual([429, "5"]);
    expect((await who.signIn()).statusCode).toBe(200);
  });

  it("when an administrator resets one, then the old is worth nothing at once, and the code lets choose another, once", async () => {
    const [admin, who] = [await signedIn("admin"), await signedIn("cashier")];
    const url = `/customers/${who.id}/password/reset`;
    const first = (await post(auth, url, { token: admin.token })).json();
    const begun = await post(auth, url, { token: admin.token });
    expect(begun.statusCode).toBe(201);
    expect([await statusOf(who.token), (await who.signIn()).statusCode]).toEqual([401, 400]);
    const redeem = (code: string, password = "dois pasteis de carne") =>
      post(auth, "/customers/password", { payload: { code, password } });
    expect((await redeem(first.code)).statusCode).toBe(404);
    expect((await redeem(begun.json().code, "senha123")).statusCode).toBe(422);
    expect((await redeem(begun.json().code)).statusCode).toBe(204);
    const again = await redeem(begun.json().code);
    expect([again.statusCode, again.json().code]).toEqual([404, "code-unusable"]);
    clock.advanceSeconds(1);
    const entered = await postToken(auth, { username: who.email, password: "dois pasteis de carne" });
    expect(entered.statusCode).toBe(200);
    const own = await post(auth, `/customers/${admin.id}/password/reset`, { token: admin.token });
    expect([own.statusCode, own.json().code]).toEqual([403, "own-account"]);
  });
});
