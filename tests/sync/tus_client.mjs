// Uploads a file with tus-js-client as the app does, and tells how many bytes it handed to the network.
//
//   node tus_client.mjs '{"url": …, "token": …, "file": …, "sha256": …, "chunkSize": …, "duringCreation": …,
//                       "breakAt": …, "how": "abort" | "wait"}'
//
// At byte `breakAt` it either aborts and goes on from where the server says it is, as an app that was closed and opened,
// or prints "half" and stands still, with a request open, until it reads a line: by then the server is gone.
import { readFileSync, readSync } from 'node:fs'
import { createRequire } from 'node:module'

const { DefaultHttpStack, Upload } = createRequire(new URL('../../client/package.json', import.meta.url))('tus-js-client')
const asked = JSON.parse(process.argv[2])
const told = { bodies: 0, offsets: [], methods: [] }

class CountingStack extends DefaultHttpStack {
  createRequest(method, url) {
    const request = super.createRequest(method, url)
    const send = request.send.bind(request)
    request.send = async (body) => {
      told.bodies += body?.size ?? body?.length ?? 0
      told.methods.push(method)
      const answer = await send(body)
      if (method === 'HEAD') told.offsets.push(Number(answer.getHeader('Upload-Offset')))
      return answer
    }
    return request
  }
}

let isBroken = asked.breakAt === undefined

function upload(uploadUrl) {
  return new Promise((resolve, reject) => {
    const one = new Upload(readFileSync(asked.file), {
      endpoint: asked.url,
      uploadUrl,
      metadata: { sha256: asked.sha256, filetype: 'image/jpeg' },
      chunkSize: asked.chunkSize,
      uploadDataDuringCreation: asked.duringCreation,
      headers: { Authorization: `Bearer ${asked.token}`, 'Rondgang-Protocol': '1' },
      httpStack: new CountingStack({}),
      retryDelays: Array(600).fill(100),
      storeFingerprintForResuming: false,
      onProgress(sent) {
        if (isBroken || sent < asked.breakAt) return
        isBroken = true
        if (asked.how === 'abort') return one.abort().then(() => resolve('broken'))
        process.stdout.write('half\n')
        readSync(0, Buffer.alloc(1))
      },
      onSuccess: () => resolve('done'),
      onError: reject,
    })
    one.start()
  })
}

while ((await upload(isBroken && told.methods.length > 0 ? `${asked.url}/${asked.sha256}` : null)) === 'broken');
process.stdout.write(`${JSON.stringify(told)}\n`)
process.exit(0)
