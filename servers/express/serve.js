'use strict';

// The contract by which the specs start a server: it listens on a free port of
// 127.0.0.1, prints one line of JSON when it is ready, and ends when its standard
// input ends. So no server outlives the suite that started it, even if the suite
// was killed.

module.exports = function serve(app) {
  const server = app.listen(0, '127.0.0.1', (error) => {
    if (error) {
      console.error(error.message);
      process.exit(1);
    }
    console.log(JSON.stringify({
      ready: true,
      port: server.address().port,
      library: 'express',
      version: require('express/package.json').version,
    }));
  });
  const end = () => process.exit(0);
  process.stdin.on('end', end).on('error', end).resume();
};
