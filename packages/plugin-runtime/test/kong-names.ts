// Every function that Kong's documentation has for plugins, by the table it stands in, so that one
// that is not here is noticed.

const LEVELS = 'debug info notice warn err crit alert emerg'

/** Kong Gateway docs, PDK reference. Names below `kong`. */
export const KONG_NAMES: readonly string[] = Object.entries({
  'request.get_':
    'scheme host port forwarded_scheme forwarded_host forwarded_port forwarded_path ' +
    'forwarded_prefix http_version method path raw_path path_with_query raw_query query_arg query ' +
    'header headers raw_body body start_time uri_captures id raw_forwarded_path raw_headers',
  'client.':
    'get_ip get_port get_forwarded_ip get_forwarded_port get_credential get_consumer ' +
    'load_consumer authenticate get_protocol get_consumer_group get_consumer_groups ' +
    'set_authenticated_consumer_group set_authenticated_consumer_groups ' +
    'get_authenticated_consumer_groups authenticate_consumer_group_by_consumer_id set_token ' +
    'get_token get_jwt_token_header get_jwt_token_payload get_aws_vpce_id',
  'client.tls.':
    'request_client_certificate disable_session_reuse get_full_client_certificate_chain ' +
    'set_client_verify',
  'ip.': 'is_trusted',
  'service.':
    'set_upstream set_target set_target_retry_callback set_retries set_timeouts set_tls_cert_key ' +
    'set_tls_verify set_tls_verify_depth set_tls_verify_store enable_recording_upstream_ssl',
  'service.request.':
    'enable_buffering set_scheme set_path set_raw_query set_method set_query clear_query_arg ' +
    'set_header add_header clear_header set_headers set_raw_body set_body enable_tls disable_tls ' +
    'set_authentication_headers',
  'service.response.': 'get_status get_headers get_header get_raw_body get_body set_body',
  'response.':
    'get_status get_header get_headers get_source set_status set_header add_header clear_header ' +
    'set_headers get_raw_body set_raw_body exit error',
  'log.': `${LEVELS} inspect inspect.on inspect.off deprecation set_serialize_value serialize set_format new`,
  'router.': 'get_route get_service',
  'node.': 'get_id get_hostname get_memory_stats',
  'nginx.': 'get_subsystem get_statistics',
  'cluster.': 'get_id',
  'plugin.': 'get_id',
  'table.': 'new clear merge',
  'telemetry.': 'log',
  'tracing.':
    'start_span create_span active_span set_active_span process_span link_span ' +
    'set_should_sample get_sampling_decision',
  'vault.': 'is_reference parse_reference get update try flush',
  'cache.': 'get get_bulk renew safe_set probe invalidate invalidate_local purge',
  'configuration.': 'remove_sensitive',
  'enterprise_edition.jwe.': 'decode decrypt encrypt',
  'websocket.client.': 'get_frame set_frame_data set_status drop_frame close set_max_payload_size',
  'websocket.upstream.':
    'get_frame set_frame_data set_status drop_frame close set_max_payload_size',
}).flatMap(([table, names]) => names.split(' ').map((name) => table + name))

/** Values and tables that are no functions. */
export const KONG_VALUES: readonly string[] = [
  'configuration',
  'ctx.plugin',
  'ctx.shared',
  'db',
  'default_workspace',
  'dns',
  'version',
  'version_num',
  'worker_events',
]

/** Ours, which Kong's documentation does not have. */
export const OWN_NAMES: readonly string[] = [
  // A call of `kong.log` itself.
  'log',
  'request.get_header_values',
  // Of kong-pdk, for JavaScript.
  'nginx.get_var',
  'nginx.get_ctx',
  'nginx.set_ctx',
  'nginx.req_start_time',
]
