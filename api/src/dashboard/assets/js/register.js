// The names of cities, for pages whose answers carry codes only.

import { all, once, optional } from './api.js';
import { preferences } from './preferences.js';

/** Every city of the register by its code; empty where the caller may not see it. @returns {Promise<Map<string, object>>} */
export async function register() {
  const cities = await optional(once(all, '/cities'));
  return new Map((cities ?? []).map((city) => [city.code, city]));
}

/** The names of all cities by their codes: in the reader's language, else what the city goes by. @returns {Promise<Map<string, string>>} */
export async function cityNames() {
  const own = preferences.lang === 'zh' ? 'name_zh' : 'name_en';
  return new Map([...(await register())].map(([code, city]) => [code, city[own] || city.name]));
}

/** The name of a city; its code as long as nothing better is known. */
export function cityName(names, code) {
  return names?.get(code) ?? code;
}
