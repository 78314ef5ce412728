/** Creates, changes and deletes entities through the Admin API of a gateway. */
export interface AdminClient {
  /** Answers the entity. Throws with the Admin API's answer unless the status is 2xx. */
  post(path: string, entity: unknown): Promise<Record<string, unknown>>
  put(path: string, entity: unknown): Promise<Record<string, unknown>>
  patch(path: string, entity: unknown): Promise<Record<string, unknown>>
  get(path: string): Promise<Record<string, unknown>>
  delete(path: string): Promise<void>
}

export function createAdminClient(url: string): AdminClient {
  const send = async (method: string, path: string, entity?: unknown): Promise<Response> => {
    const answer = await fetch(url + path, {
      method,
      ...(entity !== undefined && {
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(entity),
      }),
    })
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`)
    return answer
  }
  const json = async (answer: Promise<Response>) =>
    (await (await answer).json()) as Record<string, unknown>
  return {
    post: (path, entity) => json(send('POST', path, entity)),
    put: (path, entity) => json(send('PUT', path, entity)),
    patch: (path, entity) => json(send('PATCH', path, entity)),
    get: (path) => json(send('GET', path)),
    async delete(path) {
      await send('DELETE', path)
    },
  }
}
