// The reference tus server with its file store; says its port when it listens.
// Arguments: the folder for uploads.
import { FileStore } from "@tus/file-store";
import { Server } from "@tus/server";

const server = new Server({
  path: "/files",
  datastore: new FileStore({ directory: process.argv[2] }),
  respectForwardedHeaders: true,
});
const listener = server.listen({ host: "127.0.0.1", port: 0 }, () => {
  console.log(listener.address().port);
});
process.stdin.on("end", () => process.exit(0)).resume();
