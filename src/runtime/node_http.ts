export function listenHttp(): Promise<never> {
  return Promise.reject(new Error("not yet"));
}
