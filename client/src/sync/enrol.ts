import { newToken, uuidv7 } from '@/domain/ids'
import { db, type Device } from '@/storage/db'
import { type Answer, call } from './http'
import { type EnrolAnswer, type EnrolRequest, isEnrolAnswer } from './wire'

/**
 * Enrols this phone with a code. The id and the token are stored before they are shown to the server: when the
 * answer is lost, the same request goes again and the server answers 200. An earlier enrolment stays valid
 * until the new one succeeded.
 */
export async function enrol(code: string, language: string): Promise<Answer<EnrolAnswer>> {
  const pending = await pendingDevice(code)
  const request: EnrolRequest = { code, deviceId: pending.id, token: pending.token }
  const answer = await call('/v1/devices', isEnrolAnswer, {
    method: 'POST',
    language,
    body: JSON.stringify(request),
  })
  if (answer.kind === 'ok') await becomeDevice(pending, answer.data)
  return answer
}

async function pendingDevice(code: string): Promise<Device> {
  const before = await db.device.get('pending')
  if (before?.code === code) return before
  const pending: Device = {
    key: 'pending',
    id: uuidv7(),
    token: newToken(),
    code,
    volunteer: '',
    municipality: '',
    cursor: null,
    lastContactMs: null,
    refused: false,
  }
  await db.device.put(pending)
  return pending
}

async function becomeDevice(pending: Device, answer: EnrolAnswer): Promise<void> {
  const { volunteer, municipality } = answer
  await db.transaction('rw', db.device, async () => {
    await db.device.put({ ...pending, key: 'device', volunteer, municipality, lastContactMs: Date.now() })
    await db.device.delete('pending')
  })
}
