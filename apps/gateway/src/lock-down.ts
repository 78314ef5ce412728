import 'ses'

/**
 * Freezes the primordials of this process, so that no code in it can change what other code runs on.
 *
 * `errorTaming` keeps stacks for the operator's log, `overrideTaming` lets libraries give objects
 * properties whose names are those of frozen ones.
 */
export function lockDown(): void {
  lockdown({
    errorTaming: 'unsafe',
    consoleTaming: 'unsafe',
    overrideTaming: 'severe',
    stackFiltering: 'verbose',
    // hardenProcess tells of them in the operator's log.
    unhandledRejectionTrapping: 'none',
  })
}
