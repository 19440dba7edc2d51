// Tencent's own client code sends a file through the iLink bot channel.
// Arguments: file, name, user, token. Proxy and trust come from the environment.
import { register } from "node:module";
import { ProxyAgent, setGlobalDispatcher } from "undici";

// What the package takes from the application it is a plug-in of; none of it sends anything.
const host = `data:text/javascript,
export const resolvePreferredOpenClawTmpDir = () => ${JSON.stringify(process.env.TMPDIR ?? ".")};
export const normalizeAccountId = (id) => id;
export const withFileLock = (path, options, work) => work();`;
const hooks = `export async function resolve(name, context, next) {
  return name.startsWith("openclaw/")
    ? { url: ${JSON.stringify(host)}, shortCircuit: true }
    : next(name, context);
}`;
register(`data:text/javascript,${encodeURIComponent(hooks)}`);
setGlobalDispatcher(new ProxyAgent(process.env.HTTPS_PROXY));

const [path, name, to, token] = process.argv.slice(2);
const { uploadFileAttachmentToWeixin } = await import(
  "@tencent-weixin/openclaw-weixin/dist/src/cdn/upload.js"
);
const { sendFileMessageWeixin } = await import(
  "@tencent-weixin/openclaw-weixin/dist/src/messaging/send.js"
);
const opts = { baseUrl: "https://ilinkai.weixin.qq.com", token, contextToken: "context" };
const cdnBaseUrl = "https://novac2c.cdn.weixin.qq.com/c2c";
try {
  const uploaded = await uploadFileAttachmentToWeixin({
    filePath: path, fileName: name, toUserId: to, opts, cdnBaseUrl,
  });
  await sendFileMessageWeixin({ to, text: "", fileName: name, uploaded, opts, filePath: path });
  console.log(JSON.stringify(uploaded));
} catch (error) {
  console.error(String(error));
  process.exit(1);
}
