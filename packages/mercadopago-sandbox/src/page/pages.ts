import type { FastifyInstance } from "fastify";
import type { World } from "../world.ts";

/** The pages people see: wallet, hosted checkout, Pix ticket. */
export const addPages = (app: FastifyInstance, _world: World): void => {
  app.get("/", (_request, reply) => reply.type("text/html").send("<!doctype html>"));
};
