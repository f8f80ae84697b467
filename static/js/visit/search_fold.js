// Search that forgives: full and half width, hiragana and katakana, capital letters are the same, and so are the
// variants of one kanji that families write differently (斎 齋 斉, 辺 邊 邉).

/** The first of each row stands for the rest. */
const ALIKE = [
  "斎斉齋齊", "辺邊邉", "沢澤", "高髙", "崎﨑嵜碕", "浜濱濵", "島嶋嶌", "国國", "広廣", "桜櫻", "真眞", "恵惠", "寿壽", "竜龍", "滝瀧",
  "実實", "栄榮", "円圓", "徳德", "礼禮", "条條", "学學", "黒黑", "槙槇", "曽曾", "吉𠮷", "鉄鐵銕", "関關", "静靜", "桧檜", "薮藪",
  "松枩", "富冨", "峰峯", "館舘", "宝寶寳", "児兒", "会會", "来來", "気氣", "万萬", "与與", "芸藝", "医醫", "団團", "声聲", "台臺",
  "当當", "豊豐", "弥彌", "遥遙", "渓溪", "穂穗", "凜凛", "緑綠", "鴎鷗", "頼賴", "じぢ", "ずづ", "ぶゔ", "かゕ", "けゖ",
  "ー‐―〜-",
]
const STANDS_FOR = new Map(ALIKE.flatMap((row) => { const [first, ...rest] = [...row]; return rest.map((one) => /** @type {[string, string]} */ ([one, first])) }))
const VARIANT = new RegExp(`[${[...STANDS_FOR.keys()].map((one) => (one === "-" ? "\\-" : one)).join("")}]`, "gu")
const SPACE = /[\s・，、。]+/g
const KATAKANA = /[ァ-ヶ]/g

/** @param {string} text */
export const fold = (text) => text.normalize("NFKC").toLowerCase()
  .replace(KATAKANA, (kana) => String.fromCharCode(kana.charCodeAt(0) - 0x60))
  .replace(VARIANT, (one) => /** @type {string} */ (STANDS_FOR.get(one)))
  .replace(SPACE, " ").trim()

/** The words of a question, folded. @param {string} question */
export const wordsOf = (question) => fold(question).split(" ").filter(Boolean)
