import { isId } from "@comanda/primitives";
import { sql } from "kysely";
import type { PointOfSale } from "../domain/point-of-sale.ts";
import type { PointOfSaleStore } from "./charge-store.ts";
import type { Db } from "./postgres-charge-statements.ts";

const columns = sql`device_id as "deviceId", external_pos_id as "externalPosId", terminal_id as "terminalId",
  updated_at as "updatedAt"`;

/** What stands beside the devices, in the table `points_of_sale`. */
export function createPostgresPointOfSaleStore(db: Db): PointOfSaleStore {
  return {
    get: async (deviceId) => {
      if (!isId(deviceId)) return null;
      const { rows } = await sql<PointOfSale>`
        select ${columns} from points_of_sale where device_id = ${deviceId}`.execute(db);
      return rows[0] ?? null;
    },
    list: async () =>
      (await sql<PointOfSale>`select ${columns} from points_of_sale order by device_id`.execute(db)).rows,
    put: async ({ deviceId, externalPosId, terminalId, updatedAt }) => {
      if (externalPosId === null && terminalId === null) {
        await sql`delete from points_of_sale where device_id = ${deviceId}`.execute(db);
        return;
      }
      await sql`
        insert into points_of_sale (device_id, external_pos_id, terminal_id, updated_at)
        values (${deviceId}, ${externalPosId}, ${terminalId}, ${updatedAt})
        on conflict (device_id) do update set external_pos_id = excluded.external_pos_id,
          terminal_id = excluded.terminal_id, updated_at = excluded.updated_at`.execute(db);
    },
  };
}
