// Calls the hub as `@microsoft/signalr` does and prints what comes of each call.
// Usage: node signalr_client.mjs URL PROXY CA_FILE  (input: one JSON array a line, [how, method, ...arguments])
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { HttpTransportType, HubConnectionBuilder, LogLevel } from "@microsoft/signalr";
import { HttpsProxyAgent } from "https-proxy-agent";
import WebSocket from "ws";

const [url, proxy, ca] = process.argv.slice(2);
class Proxied extends WebSocket {
  constructor(address, protocols, options) {
    super(address, protocols, { ...options, agent: new HttpsProxyAgent(proxy), ca: readFileSync(ca) });
  }
}
const print = (...words) => console.log(JSON.stringify(words));
const hub = new HubConnectionBuilder()
  .withUrl(url, { skipNegotiation: true, transport: HttpTransportType.WebSockets, WebSocket: Proxied })
  .withKeepAliveInterval(100)
  .configureLogging(LogLevel.None)
  .build();
hub.onclose((error) => print("closed", error ? error.message : ""));
hub.on("news", (text) => print("news", text));

await hub.start();
print("open");
const calls = [];
for await (const line of createInterface({ input: process.stdin })) {
  const [how, method, ...values] = JSON.parse(line);
  if (how === "send") calls.push(hub.send(method, ...values).catch((error) => print("error", error.message)));
  if (how === "invoke")
    calls.push(
      hub.invoke(method, ...values).then(
        (result) => print("result", result),
        (error) => print("error", error.message),
      ),
    );
  if (how === "stream")
    calls.push(
      new Promise((done) =>
        hub.stream(method, ...values).subscribe({
          next: (item) => print("item", item),
          complete: () => done(print("complete")),
          error: (error) => done(print("error", error.message)),
        }),
      ),
    );
}
await Promise.all(calls);
await hub.stop();
process.exit();
