// Runs a version of MQTT.js as pupils' programs and web pages do:
//   node mqttjs.cjs PACKAGE HOST TCP-PORT WS-PORT USER PASSWORD
// It prints a line for each way in, and ends with 1 where one fails.
const [name, host, tcp, ws, username, password] = process.argv.slice(2);
const mqtt = require(name);

// visit connects, hears its own messages at each quality of service, and leaves.
function visit(protocol, version) {
  return new Promise((resolve, reject) => {
    const base = `class/${name}/${protocol}/${version}`;
    const client = mqtt.connect({
      protocol, host, port: Number(protocol === "ws" ? ws : tcp), path: "/mqtt", reconnectPeriod: 0, connectTimeout: 60000,
      username, password, protocolVersion: version, protocolId: version === 3 ? "MQIsdp" : "MQTT",
      will: { topic: `${base}/will`, payload: "", qos: 1, retain: true },
    });
    const missing = new Set([0, 1, 2].map((qos) => `${base}/${qos}`));
    client.on("error", reject);
    client.on("close", () => reject(new Error("the connection ended")));
    client.on("message", (topic, payload) => {
      if (payload.toString() === "hello") missing.delete(topic);
      if (missing.size > 0) return;
      client.removeAllListeners("close");
      client.end(false, {}, resolve);
    });
    client.on("connect", () => {
      client.subscribe(`${base}/+`, { qos: 2 }, (err, granted) => {
        if (err || granted[0].qos > 2) return reject(err || new Error("not subscribed"));
        for (const qos of [0, 1, 2]) client.publish(`${base}/${qos}`, "hello", { qos }, (e) => e && reject(e));
      });
    });
  });
}

(async () => {
  for (const protocol of ["mqtt", "ws"]) {
    for (const version of [3, 4, 5]) {
      await visit(protocol, version);
      console.log(`${protocol} ${version}`);
    }
  }
})().catch((err) => {
  console.error(err);
  process.exit(1);
});
