import { once } from "node:events";
import { connect } from "node:net";
import { createTestLog, waitFor } from "@comanda/testing";
import { afterEach, describe, expect, it } from "vitest";
import { buildService, type Service } from "../src/index.ts";

let service: Service;
afterEach(() => service.app.close());

describe("a service that closes (trap T11)", () => {
  it("when a request is under way, then it is answered, and its kept connection holds nobody up", async () => {
    const log = createTestLog("sample").log;
    const words = { name: "sample", title: "Sample", description: "A service for tests", version: "1.0.0" };
    service = await buildService({ ...words, log, verifyToken: null, readiness: [] });
    const [isAsked, mayAnswer] = [Promise.withResolvers<null>(), Promise.withResolvers<null>()];
    service.app.get("/slow", { config: { access: "tokenless" } }, async () => {
      isAsked.resolve(null);
      await mayAnswer.promise;
      return { fine: true };
    });
    const { port } = new URL(await service.app.listen({ host: "127.0.0.1", port: 0 }));
    // A client that keeps its connection and would never end it.
    const socket = connect({ host: "127.0.0.1", port: Number(port) }).setEncoding("utf8");
    let text = "";
    socket.on("data", (part) => {
      text += part;
    });
    socket.write("GET /slow HTTP/1.1\r\nHost: a.example\r\n\r\n");
    await isAsked.promise;
    const closing = service.app.close();
    const ended = once(socket, "close");
    // Only what is answered after this is no idle connection yet when the server looks for them.
    await waitFor(() => !service.app.server.listening, { description: "the server to close" });
    mayAnswer.resolve(null);
    await Promise.all([closing, ended]);
    expect(text).toContain("HTTP/1.1 200 OK");
    expect(text).toContain('{"fine":true}');
  });
});
