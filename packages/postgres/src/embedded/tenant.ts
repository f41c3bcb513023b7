import pg from "pg";

/** Whose database it is: the role and the database have one name. */
export type Tenant = { readonly name: string; readonly password: string };

/**
 * Gives a database to a role of its own that can do nothing else on this server: it is no superuser, makes no roles and no
 * databases, and comes into no other database. Whatever the database already holds is handed over to it, so that data from
 * before there were roles goes on being used. Repeating it changes nothing but the password.
 * @param urlOf the administrator's connection string of a database
 */
export async function prepareTenant(urlOf: (database: string) => string, tenant: Tenant): Promise<void> {
  await withClient(urlOf("postgres"), async (client) => {
    const role = client.escapeIdentifier(tenant.name);
    const { rowCount } = await client.query("select 1 from pg_roles where rolname = $1", [tenant.name]);
    // Utility statements take no parameters.
    const rights = `login nosuperuser nocreatedb nocreaterole noreplication nobypassrls password ${client.escapeLiteral(tenant.password)}`;
    await client.query(`${rowCount === 0 ? "create" : "alter"} role ${role} ${rights}`);
    await client.query(`alter database ${role} owner to ${role}`);
    for (const database of [role, "postgres", "template1"]) {
      await client.query(`revoke all on database ${database} from public`);
    }
  });
  await withClient(urlOf(tenant.name), async (client) => {
    await client.query(`alter schema public owner to ${client.escapeIdentifier(tenant.name)}`);
    await handOver(client, tenant.name);
  });
}

/** Statements that hand over what is in `public` and belongs to somebody else. What follows its table (indexes, the
 * sequences of its columns, the row types) or comes of an extension goes with that. */
const HAND_OVER = `
  select format('alter %s %I.%I owner to %I',
           case c.relkind when 'S' then 'sequence' when 'v' then 'view' when 'm' then 'materialized view' else 'table' end,
           n.nspname, c.relname, $1::text) as statement
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
   where n.nspname = 'public' and c.relkind in ('r', 'p', 'v', 'm', 'S') and c.relowner <> $1::regrole
     and not exists (select from pg_depend d where d.objid = c.oid and d.classid = 'pg_class'::regclass
                       and d.deptype in ('a', 'i', 'e') and (c.relkind = 'S' or d.deptype = 'e'))
  union all
  select format('alter routine %s owner to %I', p.oid::regprocedure, $1::text)
    from pg_proc p join pg_namespace n on n.oid = p.pronamespace
   where n.nspname = 'public' and p.proowner <> $1::regrole
     and not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e')
  union all
  select format('alter type %I.%I owner to %I', n.nspname, t.typname, $1::text)
    from pg_type t join pg_namespace n on n.oid = t.typnamespace
   where n.nspname = 'public' and t.typtype in ('e', 'd') and t.typowner <> $1::regrole
     and not exists (select from pg_depend d where d.objid = t.oid and d.deptype = 'e')`;

async function handOver(client: pg.Client, owner: string): Promise<void> {
  const { rows } = await client.query<{ statement: string }>(HAND_OVER, [owner]);
  if (rows.length === 0) return;
  await client.query("begin");
  for (const { statement } of rows) await client.query(statement);
  await client.query("commit");
}

async function withClient(connectionString: string, work: (client: pg.Client) => Promise<void>): Promise<void> {
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: 5_000 });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}
