// Sends each line of its input as a message over `ws` and prints what comes back, then how it ended.
// Usage: node ws_client.mjs URL PROXY CA_FILE
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { HttpsProxyAgent } from "https-proxy-agent";
import WebSocket from "ws";

const [url, proxy, ca] = process.argv.slice(2);
const socket = new WebSocket(url, {
  agent: new HttpsProxyAgent(proxy),
  ca: readFileSync(ca),
});
const print = (...words) => console.log(JSON.stringify(words));
let heard = 0;
const hears = async (count) => {
  while (heard < count) await once(socket, "message");
};

socket.on("open", async () => {
  print("open", socket.extensions);
  for await (const line of createInterface({ input: process.stdin })) {
    if (line === "PING") socket.ping("are you there?");
    else if (line.startsWith("FRAGMENTS ")) {
      const pieces = line.slice(10).split("|");
      pieces.forEach((piece, at) => socket.send(piece, { fin: at === pieces.length - 1 }));
    } else if (line.startsWith("BINARY ")) socket.send(Buffer.from(line.slice(7), "hex"));
    else if (line.startsWith("AWAIT ")) await hears(Number(line.slice(6)));
    else if (line === "CLOSE") socket.close(4000, "the reason is mine");
    else socket.send(line);
  }
});
socket.on("message", (data, binary) => {
  heard += 1;
  print("message", binary ? data.toString("hex") : data.toString());
});
socket.on("pong", (data) => print("pong", data.toString()));
socket.on("close", (code, reason) => {
  print("close", code, reason.toString());
  process.exit();
});
socket.on("unexpected-response", (_, answer) => {
  let body = "";
  answer.on("data", (piece) => (body += piece));
  answer.on("end", () => {
    print("refused", answer.statusCode, body);
    process.exit();
  });
});
socket.on("error", (error) => print("error", error.message));
