// The names of cities, for pages whose answers carry codes only.

import { all, beyond, once } from './api.js';
import { textOf } from './format.js';

/** Every city of the register by its code; empty where the caller may not see it, and in an embedded view. @returns {Promise<Map<string, object>>} */
export async function register() {
  const cities = await beyond(() => once(all, '/cities'));
  return new Map((cities ?? []).map((city) => [city.code, city]));
}

/** The names of all cities by their codes, in the reader's language. @returns {Promise<Map<string, string>>} */
export async function cityNames() {
  return new Map(
    [...(await register())].map(([code, city]) => [code, textOf({ zh: city.name_zh, en: city.name_en }) || city.name]),
  );
}

/** The name of a city; its code as long as nothing better is known. */
export function cityName(names, code) {
  return names?.get(code) ?? code;
}
