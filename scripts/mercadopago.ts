// `npm run mercadopago -- setup | doctor`: prepares a Mercado Pago account for this shop, and looks whether it is as the
// services take for granted. With no credentials set it speaks with the sandbox of `npm start`.
import { readAccount } from "./mercadopago/account.ts";
import { openConversation } from "./mercadopago/conversation.ts";
import { doctor } from "./mercadopago/doctor.ts";
import { setup } from "./mercadopago/setup.ts";
import { readWishes, USAGE, type Wishes, WishFailure } from "./mercadopago/wishes.ts";

let wishes: Wishes | null = null;
try {
  wishes = readWishes(process.argv.slice(2));
  const account = readAccount(process.env);
  const conversation = openConversation(account.secrets);
  process.exitCode =
    wishes.command === "setup"
      ? await setup(account, wishes, conversation)
      : await doctor(account, wishes, conversation.say);
} catch (error) {
  if (!(error instanceof WishFailure)) throw error;
  // How to ask helps only whoever asked wrongly.
  process.stderr.write(`\n${error.message}\n${wishes === null ? `\n${USAGE}\n` : ""}`);
  process.exitCode = wishes === null ? 2 : 1;
}
