import { type Caller, type EventStream, openEventStream } from "@comanda/service-kit";
import type { FastifyReply } from "fastify";

/** One of the few streams that a caller may have; counted from before it is known what they may see. */
export type StreamPlace = {
  /** Turns the reply into a stream that ends with the caller's token: when its time is over, or when it is revoked. */
  readonly open: (reply: FastifyReply, onClose: () => void) => EventStream;
  /** Gives the place back, where no stream came of it; after that, or after the stream's end, it does nothing. */
  readonly leave: () => void;
};

/** The live streams open in this process. */
export type OpenStreams = {
  /** Takes a place for a stream of this caller, until it is opened and ends or `leave` is called; null when none is left. */
  readonly reserve: (caller: Caller) => StreamPlace | null;
  /** Ends all of them; clients come back by themselves, to another process. */
  readonly closeAll: () => void;
};

/** Streams one caller may hold open at once (reliability S-19). */
const STREAMS_PER_CALLER_MAX = 20;

/** With the list of revocations read every 2 s, a stream ends within 5 s of the click (reliability AU-06). */
const LOOK_FOR_REVOKED_EVERY_MS = 1_000;

/** @param isRevoked asked about the token of every open stream, each second */
export function createOpenStreams(isRevoked: (caller: Caller) => boolean): OpenStreams {
  const streams = new Map<EventStream, Caller>();
  const counts = new Map<string, number>();

  let looking: NodeJS.Timeout | undefined;
  function watch(): void {
    looking ??= setInterval(() => {
      for (const [stream, caller] of streams) if (isRevoked(caller)) stream.close();
    }, LOOK_FOR_REVOKED_EVERY_MS).unref();
  }
  function unwatch(): void {
    clearInterval(looking);
    looking = undefined;
  }

  function reserve(caller: Caller): StreamPlace | null {
    const { id } = caller;
    const taken = counts.get(id) ?? 0;
    if (taken >= STREAMS_PER_CALLER_MAX) return null;
    counts.set(id, taken + 1);
    let isLeft = false;
    const leave = () => {
      if (isLeft) return;
      isLeft = true;
      const left = (counts.get(id) ?? 1) - 1;
      if (left === 0) counts.delete(id);
      else counts.set(id, left);
    };
    return { leave, open: (reply, onClose) => open(reply, caller, [leave, onClose]) };
  }

  function open(reply: FastifyReply, caller: Caller, onClose: readonly (() => void)[]): EventStream {
    const stream = openEventStream(reply, () => {
      clearTimeout(end);
      streams.delete(stream);
      if (streams.size === 0) unwatch();
      for (const each of onClose) each();
    });
    const end = setTimeout(stream.close, caller.expiresAt.getTime() - Date.now());
    end.unref();
    streams.set(stream, caller);
    watch();
    return stream;
  }

  return {
    reserve,
    closeAll: () => {
      for (const stream of streams.keys()) stream.close();
    },
  };
}
