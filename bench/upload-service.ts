import { createServer } from 'node:http'

// A Service that takes a body to its end and then answers. nginx would answer before that.
// Run with the port as its argument.
createServer((req, res) => {
  req.resume()
  req.once('end', () => res.end('Hello, world'))
}).listen(Number(process.argv[2]), '127.0.0.1')
