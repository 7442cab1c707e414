// an app that never ends, and does not listen
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGPIPE']) process.on(signal, () => {});
setInterval(() => {}, 1000);
