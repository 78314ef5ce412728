import type { PluginInstance } from '@postern/plugin-runtime'
import type { FunctionState, HostState } from '@postern/sandbox'
import type { PreparedMemory } from '../prepared-memory.ts'

/** A JavaScript function that is configured, and whose it is. Plain data. */
export interface HostedFunction extends Omit<FunctionState, 'owner'> {
  readonly plugin: Pick<PluginInstance, 'id' | 'name' | 'instance_name'>
}

/** The processes of the JavaScript functions, and the functions that are configured. Plain data. */
export interface FunctionHostState extends Omit<HostState, 'functions'> {
  readonly functions: readonly HostedFunction[]
}

/**
 * Leaves out what earlier configurations had: a function is in the host until it is collected as
 * garbage, and another one of the same name may have taken its place.
 */
export function hostedFunctions(state: HostState, memory: PreparedMemory): FunctionHostState {
  const functions = state.functions.flatMap(({ owner, ...facts }) => {
    if (!memory.isInUse(owner)) return []
    const { id, name, instance_name = null } = owner
    return [{ plugin: { id, name, instance_name }, ...facts }]
  })
  return { ...state, functions }
}
