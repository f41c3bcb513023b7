import { fileURLToPath } from "node:url";
import { describeColumns } from "@comanda/testing/privacy";

describeColumns("order", fileURLToPath(new URL("../migrations", import.meta.url)));
