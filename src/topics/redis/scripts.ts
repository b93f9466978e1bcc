/**
 * The Lua scripts that keep a topic's history in Redis. Each runs as one atomic step.
 *
 * A topic with a history has three kinds of keys, all of one slot: its stream, whose entries have
 * the offset as id; a hash with the epoch and the last offset; and for each publisher the sequence
 * of its last message, so that a message which is published again is not kept twice.
 *
 * @module
 */
import { toHex } from "../../bytes.ts";
import { sha1 } from "../../handshake/sha1.ts";

/** A script, and its hash, by which Redis runs a script that it has cached. */
export interface Script {
  readonly text: string;
  readonly hash: string;
}

const OPEN = `
local epoch = redis.call('HGET', KEYS[2], 'e')
if not epoch then
  epoch = ARGV[1]
  redis.call('HSET', KEYS[2], 'e', epoch, 'o', 0)
end
redis.call('EXPIRE', KEYS[2], ARGV[2] + 3600)
local offset = tonumber(redis.call('HGET', KEYS[2], 'o'))
local now = tonumber(redis.call('TIME')[1])
local oldest = now - ARGV[2]
`;

/**
 * KEYS: stream, hash, sequence of the publisher. ARGV: epoch if there is none, seconds, messages,
 * channel, command to publish with, then a sequence and a text for each message.
 */
export const PUBLISH: Script = makeScript(`${OPEN}
local last = tonumber(redis.call('GET', KEYS[3]) or 0)
local first, texts = offset + 1, {}
for index = 6, #ARGV, 2 do
  if tonumber(ARGV[index]) > last then
    last = tonumber(ARGV[index])
    offset = offset + 1
    local text = ARGV[index + 1]
    redis.call('XADD', KEYS[1], 'MAXLEN', ARGV[3], offset .. '-0', 't', now, 'm', text)
    texts[#texts + 1] = text
  end
end
if #texts > 0 then
  redis.call('HSET', KEYS[2], 'o', offset)
  redis.call('SET', KEYS[3], last, 'EX', 3600)
  redis.call('EXPIRE', KEYS[1], math.ceil(ARGV[2]))
  for _, entry in ipairs(redis.call('XRANGE', KEYS[1], '-', '+', 'COUNT', 16)) do
    if tonumber(entry[2][2]) > oldest then break end
    redis.call('XDEL', KEYS[1], entry[1])
  end
  redis.call(ARGV[5], ARGV[4], epoch .. ' ' .. first .. '\\n' .. table.concat(texts))
end
return {epoch, offset}
`);

/** KEYS: stream, hash. ARGV: epoch if there is none, seconds, epoch and offset to read after. */
export const READ: Script = makeScript(`${OPEN}
local found = {epoch, offset}
if ARGV[3] == epoch then
  for _, entry in ipairs(redis.call('XRANGE', KEYS[1], '(' .. ARGV[4] .. '-0', '+')) do
    if tonumber(entry[2][2]) > oldest then
      found[#found + 1] = string.match(entry[1], '%d+')
      found[#found + 1] = entry[2][4]
    end
  end
end
return found
`);

function makeScript(text: string): Script {
  return { text, hash: toHex(sha1(new TextEncoder().encode(text))) };
}
