/**
 * The workspace that everything belongs to. Kong's entities carry the id of theirs as `ws_id`, also
 * in its open source, where there is just this one; what reads logs may ask for it.
 */
export const DEFAULT_WORKSPACE: { readonly id: string; readonly name: 'default' } = Object.freeze({
  id: '6465661f-7574-4000-8000-776f726b7370',
  name: 'default',
})
