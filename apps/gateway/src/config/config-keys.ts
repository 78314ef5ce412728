/** How the text of a value is read; see read-value.ts. */
export type KeyType =
  | { readonly type: 'string' | 'path' | 'boolean' | 'list' | 'listen' | 'size' }
  | {
      readonly type: 'integer'
      readonly min: number
      readonly max: number
      readonly auto?: boolean
    }
  | { readonly type: 'number'; readonly min: number; readonly max: number }
  /** The value and its bounds are milliseconds. */
  | { readonly type: 'duration'; readonly min: number; readonly max: number }
  | { readonly type: 'enum'; readonly values: readonly string[] }
  | { readonly type: 'addresses' | 'header tokens' }

/** One key of postern.conf. */
export type ConfigKey = KeyType & {
  /** As it would be written in the file; null where there is no value unless one is given. */
  readonly default: string | null
  /** What it does and its unit; a phrase without a full stop. */
  readonly description: string
  /** True for keys that Kong has under this name: they are read from `KONG_*` as well. */
  readonly kong?: boolean
  /** Other names of the key; all of them are Kong's. */
  readonly aliases?: readonly string[]
  /** The value is never repeated in messages nor shown by the Admin API, and may not be empty. */
  readonly secret?: boolean
  /**
   * Nothing in the program reads the key yet. Another value than the default is a warning, or an
   * error where the operator would take the gateway for safer, or another, than it is.
   */
  readonly notYet?: 'warning' | 'error'
}

/** The keys of postern.conf, in the order of the documentation. Names and meanings are Kong's where `kong` says so. */
export const CONFIG_KEYS = {
  prefix: {
    type: 'path',
    default: '.postern',
    kong: true,
    description:
      'folder of everything the gateway writes, below the current folder unless absolute',
  },
  log_level: {
    type: 'enum',
    values: ['debug', 'info', 'notice', 'warn', 'error', 'crit', 'alert', 'emerg'],
    default: 'notice',
    kong: true,
    description: "lowest level of the operator's log on standard error",
  },
  proxy_access_log: {
    type: 'string',
    default: 'logs/access.log',
    kong: true,
    description:
      'where a line of JSON for each request goes: a file, below prefix unless absolute, /dev/stdout, /dev/stderr, or off',
  },
  admin_access_log: {
    type: 'string',
    default: 'logs/admin_access.log',
    kong: true,
    description: 'as proxy_access_log, for requests to the Admin API',
  },
  status_access_log: {
    type: 'string',
    default: 'off',
    kong: true,
    description: 'as proxy_access_log, for requests to the Status API',
  },
  workers: {
    type: 'integer',
    min: 0,
    max: 1024,
    auto: true,
    default: '1',
    aliases: ['nginx_worker_processes', 'nginx_main_worker_processes'],
    description:
      'processes that serve requests; auto is one for each CPU, 0 serves from the one process',
  },
  plugins: {
    type: 'list',
    default: 'bundled',
    kong: true,
    description:
      'plugins that may be configured; bundled stands for all that come with the gateway',
  },
  plugin_timeout_ms: {
    type: 'integer',
    min: 0,
    max: 2_147_483_647,
    default: '60000',
    description:
      'how long a handler of a plugin may wait before it counts as failed, in milliseconds; 0 is for ever',
  },
  lockdown: {
    type: 'boolean',
    default: 'on',
    description: 'freezes the built-in objects of each worker at its start',
  },
  http_engine: {
    type: 'enum',
    values: ['node', 'postern'],
    default: 'postern',
    description:
      "what speaks HTTP with clients and Services: our own codec, or node's (node:http and undici)",
  },

  proxy_listen: {
    type: 'listen',
    default: '0.0.0.0:8000 reuseport backlog=16384',
    kong: true,
    description: 'where clients are served',
  },
  admin_listen: {
    type: 'listen',
    default: '127.0.0.1:8001',
    kong: true,
    description:
      'where the Admin API is served; it writes the configuration, so mind who can reach it',
  },
  status_listen: {
    type: 'listen',
    default: '127.0.0.1:8007',
    kong: true,
    description: 'where health and metrics are served',
  },
  stream_listen: {
    type: 'listen',
    default: 'off',
    kong: true,
    notYet: 'error',
    description: 'where connections other than HTTP are taken',
  },
  port_maps: {
    type: 'list',
    default: null,
    kong: true,
    description:
      'pairs "listening:public" of ports, where the gateway is reached through another port',
  },
  ssl_cert: {
    type: 'list',
    default: null,
    kong: true,
    description:
      'PEM files of the certificates shown when no SNI matches; one made at the first start unless set',
  },
  ssl_cert_key: {
    type: 'list',
    default: null,
    kong: true,
    description: 'PEM files of the keys of ssl_cert, in the same order',
  },
  ssl_cipher_suite: {
    type: 'enum',
    values: ['modern', 'intermediate'],
    default: 'intermediate',
    kong: true,
    description: 'modern speaks TLS 1.3 only, intermediate 1.2 as well with AEAD ciphers',
  },
  admin_ssl_cert: {
    type: 'list',
    default: null,
    kong: true,
    description: 'as ssl_cert, for addresses of admin_listen with ssl',
  },
  admin_ssl_cert_key: {
    type: 'list',
    default: null,
    kong: true,
    description: 'PEM files of the keys of admin_ssl_cert, in the same order',
  },
  status_ssl_cert: {
    type: 'list',
    default: null,
    kong: true,
    description: 'as ssl_cert, for addresses of status_listen with ssl',
  },
  status_ssl_cert_key: {
    type: 'list',
    default: null,
    kong: true,
    description: 'PEM files of the keys of status_ssl_cert, in the same order',
  },

  database: {
    type: 'enum',
    values: ['sqlite', 'postgres', 'off'],
    default: 'sqlite',
    kong: true,
    description: 'where the configuration is kept: a file in prefix, PostgreSQL, or only memory',
  },
  declarative_config: {
    type: 'path',
    default: null,
    kong: true,
    description: 'kong.yml or kong.json that is loaded at the start when database is off',
  },
  pg_host: {
    type: 'string',
    default: '127.0.0.1',
    kong: true,
    notYet: 'warning',
    description: 'host of PostgreSQL',
  },
  pg_port: {
    type: 'integer',
    min: 1,
    max: 65_535,
    default: '5432',
    kong: true,
    notYet: 'warning',
    description: 'port of PostgreSQL',
  },
  pg_timeout: {
    type: 'integer',
    min: 0,
    max: 2_147_483_647,
    default: '5000',
    kong: true,
    notYet: 'warning',
    description: 'longest wait for PostgreSQL, in milliseconds',
  },
  pg_user: {
    notYet: 'warning',
    type: 'string',
    default: 'kong',
    kong: true,
    description: 'user of PostgreSQL',
  },
  pg_password: {
    type: 'string',
    default: null,
    kong: true,
    secret: true,
    notYet: 'warning',
    description: 'password of pg_user',
  },
  pg_database: {
    type: 'string',
    default: 'kong',
    kong: true,
    notYet: 'warning',
    description: 'database in PostgreSQL',
  },
  pg_schema: {
    type: 'string',
    default: null,
    kong: true,
    notYet: 'warning',
    description: "schema in PostgreSQL; the user's own search path unless set",
  },
  pg_ssl: {
    type: 'boolean',
    default: 'off',
    kong: true,
    notYet: 'warning',
    description: 'speaks TLS with PostgreSQL',
  },
  pg_ssl_verify: {
    type: 'boolean',
    default: 'off',
    kong: true,
    notYet: 'warning',
    description: 'refuses PostgreSQL when its certificate is not trusted',
  },
  db_update_frequency: {
    type: 'number',
    min: 0.1,
    max: 3600,
    default: '5',
    kong: true,
    notYet: 'warning',
    description: 'how often changes made by other gateways are looked for, in seconds',
  },

  admin_token: {
    type: 'string',
    default: null,
    secret: true,
    notYet: 'error',
    description:
      'what callers of the Admin API must send as a bearer token; nobody has to unless set',
  },
  admin_gui_url: {
    type: 'list',
    default: null,
    kong: true,
    description: 'origins whose pages may call the Admin API',
  },

  admin_allowed_hosts: {
    type: 'list',
    default: null,
    description:
      'further names under which the Admin API may be asked while it is served on loopback addresses only',
  },

  router_flavor: {
    type: 'enum',
    values: ['traditional_compatible', 'traditional', 'expressions'],
    default: 'traditional_compatible',
    kong: true,
    notYet: 'error',
    description: 'how Routes are written and ranked',
  },
  route_match_calculation: {
    type: 'enum',
    values: ['strict', 'original'],
    default: 'strict',
    kong: true,
    description:
      "rank of Routes: as documented, or with the 32-bit defect of Kong's own calculation",
  },
  headers: {
    type: 'header tokens',
    default: 'server_tokens, latency_tokens, X-Kong-Request-Id',
    kong: true,
    description: 'headers the gateway adds to answers; off adds none',
  },
  headers_upstream: {
    type: 'enum',
    values: ['X-Kong-Request-Id', 'off'],
    default: 'X-Kong-Request-Id',
    kong: true,
    description: 'headers the gateway adds to requests to Services',
  },
  allow_debug_header: {
    type: 'boolean',
    default: 'off',
    kong: true,
    description: 'answers requests with Kong-Debug: 1 with the names of their Route and Service',
  },
  exit_ring_size: {
    type: 'integer',
    min: 0,
    max: 1000,
    default: '100',
    description:
      'how many of its last exits each worker keeps, without secrets, to try functions on; 0 keeps none',
  },
  trusted_ips: {
    type: 'addresses',
    default: null,
    kong: true,
    description: 'addresses and CIDR blocks whose X-Forwarded-* headers are believed',
  },
  real_ip_header: {
    type: 'string',
    default: 'X-Real-IP',
    kong: true,
    aliases: ['nginx_proxy_real_ip_header'],
    description: 'header in which a trusted peer tells the address of the client',
  },
  real_ip_recursive: {
    type: 'boolean',
    default: 'off',
    kong: true,
    aliases: ['nginx_proxy_real_ip_recursive'],
    description:
      'takes the last address of real_ip_header that is not trusted, instead of the last',
  },
  client_max_body_size: {
    type: 'size',
    default: '0',
    kong: true,
    aliases: ['nginx_http_client_max_body_size', 'nginx_proxy_client_max_body_size'],
    description: 'largest body of a request in bytes (k, m, g are understood); 0 is unlimited',
  },
  client_header_timeout: {
    type: 'duration',
    min: 1,
    max: 2_147_483_647,
    default: '10s',
    aliases: ['nginx_http_client_header_timeout', 'nginx_proxy_client_header_timeout'],
    description: 'how long a client may take for the head of a request',
  },
  client_body_timeout: {
    type: 'duration',
    min: 1,
    max: 2_147_483_647,
    default: '30s',
    aliases: ['nginx_http_client_body_timeout', 'nginx_proxy_client_body_timeout'],
    description: 'how long a client may send nothing of a body that is waited for',
  },
  client_request_timeout: {
    type: 'duration',
    min: 0,
    max: 2_147_483_647,
    default: '0',
    description: 'how long the body of a request may take to come as a whole; 0 is unlimited',
  },
  send_timeout: {
    type: 'duration',
    min: 1,
    max: 2_147_483_647,
    default: '60s',
    aliases: ['nginx_http_send_timeout', 'nginx_proxy_send_timeout'],
    description: 'how long a client may take nothing of an answer',
  },
  keepalive_timeout: {
    type: 'duration',
    min: 1,
    max: 2_147_483_647,
    default: '65s',
    aliases: ['nginx_http_keepalive_timeout', 'nginx_proxy_keepalive_timeout'],
    description: 'how long an idle connection of a client is kept',
  },
  keepalive_requests: {
    type: 'integer',
    min: 1,
    max: 2_147_483_647,
    default: '10000',
    aliases: ['nginx_http_keepalive_requests', 'nginx_proxy_keepalive_requests'],
    description: 'requests on one connection of a client',
  },
  client_body_buffer_max: {
    type: 'size',
    default: '8m',
    description: 'largest body that is buffered because a plugin reads it, in bytes',
  },
  upstream_keepalive_pool_size: {
    type: 'integer',
    min: 0,
    max: 1_000_000,
    default: '512',
    kong: true,
    description:
      'idle connections to one address of a Service that each worker keeps, those that were used last; 0 keeps none; with http_engine = node any other number keeps all',
  },
  upstream_keepalive_max_requests: {
    type: 'integer',
    min: 0,
    max: 2_147_483_647,
    default: '10000',
    kong: true,
    description: 'requests on one connection to a Service; 0 is unlimited',
  },
  upstream_keepalive_idle_timeout: {
    type: 'number',
    min: 0,
    max: 2_147_483,
    default: '60',
    kong: true,
    description:
      'how long an idle connection to a Service is kept, in seconds, unless the Service asks for less; 0 keeps it for ever, with http_engine = node for 24 days',
  },
  lua_max_req_headers: {
    type: 'integer',
    min: 1,
    max: 1000,
    default: '100',
    kong: true,
    description: 'most headers kong.request.get_headers answers with unless told otherwise',
  },
  lua_max_resp_headers: {
    type: 'integer',
    min: 1,
    max: 1000,
    default: '100',
    kong: true,
    description: 'most headers kong.response.get_headers answers with unless told otherwise',
  },
  lua_max_uri_args: {
    type: 'integer',
    min: 1,
    max: 1000,
    default: '100',
    kong: true,
    description: 'most arguments kong.request.get_query answers with unless told otherwise',
  },
  lua_max_post_args: {
    type: 'integer',
    min: 1,
    max: 1000,
    default: '100',
    kong: true,
    description:
      'most arguments of a form kong.request.get_body answers with unless told otherwise',
  },
  transform_underscores_in_response_headers: {
    type: 'boolean',
    default: 'on',
    aliases: ['nginx_http_lua_transform_underscores_in_response_headers'],
    description: 'writes the name of a header that a plugin sets with hyphens for underscores',
  },
  pdk_response_exit_header_filter_early_exit: {
    type: 'boolean',
    default: 'off',
    kong: true,
    description: 'ends a handler at kong.response.exit in header_filter too',
  },
  error_default_type: {
    type: 'enum',
    values: ['text/plain', 'text/html', 'application/json', 'application/xml'],
    default: 'text/plain',
    kong: true,
    description: 'media type of error answers for clients that ask for none',
  },
  error_template_html: {
    type: 'path',
    default: null,
    kong: true,
    description: 'file with the HTML of error answers; two %s stand for message and request id',
  },
  error_template_json: {
    type: 'path',
    default: null,
    kong: true,
    description: 'the same for application/json',
  },
  error_template_xml: {
    type: 'path',
    default: null,
    kong: true,
    description: 'the same for application/xml',
  },
  error_template_plain: {
    type: 'path',
    default: null,
    kong: true,
    description: 'the same for text/plain',
  },
  request_debug_token: {
    type: 'string',
    default: null,
    kong: true,
    secret: true,
    description:
      'what X-Kong-Request-Debug-Token must hold for a trace of exit-transformer; no traces unless set',
  },

  untrusted_functions: {
    type: 'enum',
    values: ['sandbox', 'strict', 'lax', 'on', 'off'],
    default: 'sandbox',
    aliases: ['untrusted_lua'],
    description: 'what functions in the configuration may do; off refuses to save one',
  },
  untrusted_lua_sandbox_requires: {
    type: 'list',
    default: 'resty.template, kong.tools.utils, cjson, cjson.safe',
    kong: true,
    description: 'modules that a Lua function in the sandbox may require',
  },
  untrusted_lua_sandbox_environment: {
    type: 'list',
    default: null,
    kong: true,
    description: 'further globals, as dotted paths, that a Lua function in the sandbox may read',
  },
  lua_package_path: {
    type: 'string',
    default: './?.lua;./?/init.lua;',
    kong: true,
    description:
      'where Lua functions require files from with untrusted_functions = on, ? standing for the module; below the current folder unless absolute; ;; is the default',
  },
  untrusted_javascript_sandbox_environment: {
    type: 'list',
    default: null,
    description:
      'further globals that a JavaScript function in the sandbox gets: Date, Math.random, atob, btoa, URL, crypto.randomUUID',
  },
  untrusted_javascript_sandbox_requires: {
    type: 'list',
    default: null,
    description:
      'modules that a JavaScript function in the sandbox may import or require: files (./money.js), NAME=FILE, npm packages',
  },
  function_timeout_ms: {
    type: 'integer',
    min: 1,
    max: 60_000,
    default: null,
    description:
      'how long a function may run unless its plugin says otherwise, in milliseconds; unless set, 50 in exit-transformer and 1000 in pre-function and post-function',
  },
} as const satisfies Readonly<Record<string, ConfigKey>>
