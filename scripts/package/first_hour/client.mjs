// A program that has a session's cookie, as a page has.
import process from "node:process";
import { connect } from "@fullduplex/websocket";

const url = process.argv[2];
const page = await fetch(url);
const cookie = page.headers.getSetCookie()[0].split(";")[0];
const connection = await connect(`${url}/chat`, { headers: { cookie } });
console.log(await connection.readText());
await connection.close();
process.exit(0);
