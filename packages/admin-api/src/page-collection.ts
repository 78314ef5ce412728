import type { Entity, Page, PageQuery, Reader } from '@postern/store'
import type { EntityModel } from './entity-model.ts'
import { invalidOffset, invalidOptions, invalidSize } from './refusal.ts'
import { showEntity } from './show-entity.ts'

/** Where a collection is read from and how its next page is called. */
export interface CollectionPage {
  readonly model: EntityModel
  readonly query: URLSearchParams
  readonly where?: Readonly<Record<string, unknown>>
  /** Path of the collection, escaped. */
  readonly path: string
  /** Pages below a parent do not repeat the size, as in Kong. */
  readonly isNested?: boolean
  /** Leaves rows out that cannot be told apart by `where`. */
  readonly keep?: (row: Entity) => boolean
}

/** The answer for one page. */
export interface PageAnswer {
  readonly data: readonly unknown[]
  readonly next: string | null
  readonly offset?: string
}

/** Reads one page of a collection as the query of the request asks for it. */
export async function pageCollection(
  reader: Reader,
  collection: CollectionPage,
): Promise<PageAnswer> {
  const { model, where } = collection
  const asked = parsePageQuery(collection.query, model.hasTags)
  const query = where === undefined ? asked : { ...asked, where }
  const page = await readPage(reader, collection, query)
  const data = await Promise.all(page.rows.map((row) => showEntity(reader, model, row)))
  const last = page.rows.at(-1)
  return answerPage(collection, data, page.more && last ? [last.id] : undefined)
}

/** Reads on until the page is full of rows to keep. */
async function readPage(
  reader: Reader,
  { model, keep }: CollectionPage,
  query: PageQuery,
): Promise<Page> {
  let page = await reader.page(model.name, query)
  if (keep === undefined) return page
  const kept = page.rows.filter(keep)
  while (page.more && kept.length <= query.size) {
    page = await reader.page(model.name, { ...query, after: (page.rows.at(-1) as Entity).id })
    kept.push(...page.rows.filter(keep))
  }
  return { rows: kept.slice(0, query.size), more: kept.length > query.size }
}

/** Writes a page: `next` leads to the one that begins behind `last`. */
export function answerPage(
  { path, query, isNested }: Pick<CollectionPage, 'path' | 'query' | 'isNested'>,
  data: readonly unknown[],
  last: readonly string[] | undefined,
): PageAnswer {
  if (last === undefined) return { data, next: null }
  const offset = Buffer.from(JSON.stringify(last)).toString('base64')
  const tags = query.get('tags')
  const size = isNested === true ? null : query.get('size')
  const next =
    `${path}?offset=${encodeURIComponent(offset)}` +
    (tags === null ? '' : `&tags=${encodeURIComponent(tags)}`) +
    (size === null ? '' : `&size=${encodeURIComponent(size)}`)
  return { data, next, offset }
}

function parsePageQuery(query: URLSearchParams, hasTags: boolean): PageQuery {
  const [after] = parseOffset(query.get('offset')) ?? []
  const tags = hasTags ? parseTags(query.get('tags')) : undefined
  return {
    size: parseSize(query.get('size')),
    ...(after !== undefined && { after }),
    ...(tags !== undefined && { tags }),
  }
}

const DEFAULT_SIZE = 100
const MAX_SIZE = 1000

/** @throws Refusal code 9 */
export function parseSize(text: string | null): number {
  if (text === null) return DEFAULT_SIZE
  const size = text.trim() === '' ? Number.NaN : Number(text)
  if (Number.isNaN(size)) throw invalidSize('size must be a number')
  if (!Number.isInteger(size) || size < 1 || size > MAX_SIZE) {
    throw invalidSize(`size must be an integer between 1 and ${MAX_SIZE}`)
  }
  return size
}

/**
 * Reads an offset that an earlier page has given out: a list of texts.
 *
 * @throws Refusal code 7
 */
export function parseOffset(text: string | null): readonly string[] | undefined {
  if (text === null) return undefined
  if (!/^(?:[\w+/-]{4})*(?:[\w+/-]{2,3}={0,2})?$/.test(text) || text === '') {
    throw invalidOffset(text, 'bad base64 encoding')
  }
  const parts = parseJson(Buffer.from(text, 'base64').toString('utf8'))
  const isList = Array.isArray(parts) && parts.length > 0
  if (!isList || !parts.every((part) => typeof part === 'string')) {
    throw invalidOffset(text, 'bad offset content')
  }
  return parts
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // What cannot be parsed is no list, and refused like everything else that is none.
    return undefined
  }
}

const MAX_TAGS = 5
/** Printable ASCII except `,` and `/`, and whatever is not ASCII. */
const TAG = String.raw`[\x20-\x2b\x2d\x2e\x30-\x7e\u0080-\u{10ffff}]+`
const TAGS_AND = new RegExp(`^${TAG}(?:,${TAG})*$`, 'u')
const TAGS_OR = new RegExp(`^${TAG}(?:/${TAG})*$`, 'u')

function parseTags(text: string | null): PageQuery['tags'] {
  if (text === null) return undefined
  if (text === '') throw invalidOptions({ tags: 'cannot be null' })
  const isAnd = TAGS_AND.test(text)
  if (!isAnd && !TAGS_OR.test(text)) throw invalidOptions({ tags: 'invalid filter syntax' })
  const tags = text.split(isAnd ? ',' : '/')
  if (tags.length > MAX_TAGS) {
    throw invalidOptions({ tags: `cannot query more than ${MAX_TAGS} tags` })
  }
  return { mode: isAnd ? 'and' : 'or', tags }
}
