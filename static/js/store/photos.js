// A picture as it comes from a camera, made small: at most 1 MiB of JPEG, drawn anew, so that place,
// time and camera of the original file are gone before anything is stored.

import { SyncError } from "../../../sync/errors.js"

export const MAX_BYTES = 1_048_576
const LONG_SIDES = [1920, 1600, 1280, 960, 640]
const QUALITIES = [0.82, 0.7, 0.55]

/**
 * @param {Blob} file from a file input or the camera
 * @returns {Promise<{ bytes: Uint8Array, width: number, height: number }>}
 */
export async function scalePhoto(file) {
  const picture = await createImageBitmap(file, { imageOrientation: "from-image" }).catch(async () => {
    if (await isHeif(file))
      throw new SyncError("photo_heif", "this browser does not open what this camera writes")
    throw new SyncError("not_a_picture", "this file is not a picture that can be read here")
  })
  try {
    for (const side of LONG_SIDES) {
      const found = await drawn(picture, side)
      if (found) return found
    }
    throw new SyncError("too_big", "the picture does not become small enough")
  } finally {
    picture.close()
  }
}

/** Some cameras write it, and only some browsers open it. @param {Blob} file */
async function isHeif(file) {
  const start = new TextDecoder("latin1").decode(await file.slice(4, 12).arrayBuffer())
  return /^ftyp(hei[cmsx]|he[vx]c|mif1|msf1|avif)/.test(start)
}

/** @param {ImageBitmap} picture @param {number} side */
async function drawn(picture, side) {
  const scale = Math.min(1, side / Math.max(picture.width, picture.height))
  const canvas = document.createElement("canvas")
  canvas.width = Math.max(1, Math.round(picture.width * scale))
  canvas.height = Math.max(1, Math.round(picture.height * scale))
  const paper = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"))
  paper.fillStyle = "#fff" // a transparent picture would turn black in a JPEG
  paper.fillRect(0, 0, canvas.width, canvas.height)
  paper.drawImage(picture, 0, 0, canvas.width, canvas.height)
  for (const quality of QUALITIES) {
    const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", quality))
    if (blob && blob.size <= MAX_BYTES) {
      const found = {
        bytes: new Uint8Array(await blob.arrayBuffer()),
        width: canvas.width,
        height: canvas.height,
      }
      canvas.width = canvas.height = 0 // WebKit keeps the pixels of a canvas until it is emptied
      return found
    }
  }
  return null
}
