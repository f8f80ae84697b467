// Where the phone's own map opens at an address. An iPhone knows no `geo:` and takes its maker's own address instead;
// nothing but the household's address goes over, and nothing of whoever looks.

/** @param {string} address  @param {boolean} apple  whether this is an iPhone or iPad */
export function mapLink(address, apple) {
  const words = encodeURIComponent(address.trim())
  return apple ? `https://maps.apple.com/?q=${words}` : `geo:0,0?q=${words}`
}
