import { DEFAULT_WORKSPACE } from '@postern/entities'
import { ResponsePdk } from '@postern/pdk-response'
import { type Cache, cacheOf } from './cache.ts'
import { type ConfigurationView, configurationView } from './configuration-view.ts'
import { ClientPdk } from './pdk/client-pdk.ts'
import { createLogPdk, type LogPdk } from './pdk/log-pdk.ts'
import { RequestPdk } from './pdk/request-pdk.ts'
import { ServicePdk } from './pdk/service-pdk.ts'
import { NginxPdk } from './pdk/nginx-pdk.ts'
import {
  ClusterPdk,
  CtxPdk,
  IpPdk,
  NodePdk,
  PluginPdk,
  RouterPdk,
  TABLE_PDK,
  type TablePdk,
} from './pdk/small-namespaces.ts'
import { TelemetryPdk } from './pdk/telemetry-pdk.ts'
import { type Tracing, TRACING_OFF } from './pdk/tracing-pdk.ts'
import { VaultPdk } from './pdk/vault-pdk.ts'
import type { Kong } from './kong-type.ts'
import type { PhaseContext } from './phase-context.ts'

/**
 * Makes `kong` for a request. Cheap: a namespace is made when it is first used, and its functions
 * are methods that all requests share.
 */
export function createKong(ctx: PhaseContext): Kong {
  return new KongObject(ctx)
}

/** Every namespace, with every function. What a phase may call is told by the type `Kong<Phase>`. */
export class KongObject {
  readonly #ctx: PhaseContext
  #request: RequestPdk | undefined
  #response: ResponsePdk | undefined
  #client: ClientPdk | undefined
  #service: ServicePdk | undefined
  #log: LogPdk | undefined
  #router: RouterPdk | undefined
  #node: NodePdk | undefined
  #ip: IpPdk | undefined
  #plugin: PluginPdk | undefined
  #kongCtx: CtxPdk | undefined
  #vault: VaultPdk | undefined
  #telemetry: TelemetryPdk | undefined
  #nginx: NginxPdk | undefined
  #cluster: ClusterPdk | undefined

  constructor(ctx: PhaseContext) {
    this.#ctx = ctx
  }

  get request(): RequestPdk {
    return (this.#request ??= new RequestPdk(this.#ctx))
  }

  get response(): ResponsePdk {
    return (this.#response ??= new ResponsePdk(this.#ctx))
  }

  get client(): ClientPdk {
    return (this.#client ??= new ClientPdk(this.#ctx))
  }

  get service(): ServicePdk {
    return (this.#service ??= new ServicePdk(this.#ctx))
  }

  get log(): LogPdk {
    return (this.#log ??= createLogPdk(this.#ctx))
  }

  get router(): RouterPdk {
    return (this.#router ??= new RouterPdk(this.#ctx))
  }

  get node(): NodePdk {
    return (this.#node ??= new NodePdk(this.#ctx))
  }

  get ip(): IpPdk {
    return (this.#ip ??= new IpPdk(this.#ctx))
  }

  get plugin(): PluginPdk {
    return (this.#plugin ??= new PluginPdk(this.#ctx))
  }

  get ctx(): CtxPdk {
    return (this.#kongCtx ??= new CtxPdk(this.#ctx))
  }

  get cache(): Cache {
    return cacheOf(this.#ctx.node)
  }

  get vault(): VaultPdk {
    return (this.#vault ??= new VaultPdk(this.#ctx))
  }

  get tracing(): Tracing {
    return this.#ctx.node.tracing ?? TRACING_OFF
  }

  get telemetry(): TelemetryPdk {
    return (this.#telemetry ??= new TelemetryPdk(this.#ctx))
  }

  get nginx(): NginxPdk {
    return (this.#nginx ??= new NginxPdk(this.#ctx))
  }

  get cluster(): ClusterPdk {
    return (this.#cluster ??= new ClusterPdk(this.#ctx))
  }

  get table(): TablePdk {
    return TABLE_PDK
  }

  /** The settings of the node, without secrets. Cannot be written to. */
  get configuration(): ConfigurationView {
    return configurationView(this.#ctx.node.configuration)
  }

  get version(): string {
    return this.#ctx.node.version
  }

  /** The id of the one workspace, a UUID. */
  get defaultWorkspace(): string {
    return DEFAULT_WORKSPACE.id
  }

  /** `3.4.1` is 3004001. */
  get versionNum(): number {
    const [major = 0, minor = 0, patch = 0] = this.#ctx.node.version
      .split('.')
      .map((part) => Number.parseInt(part, 10) || 0)
    return major * 1_000_000 + minor * 1_000 + patch
  }
}
