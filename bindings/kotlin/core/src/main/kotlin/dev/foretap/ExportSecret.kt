package dev.foretap


/** What locks an export. It is shown in no text. */
public sealed class ExportSecret {
    /** 32 random bytes, from a keychain that survives the app. */
    public class Key(internal val bytes: ByteArray) : ExportSecret()

    /** Words of the person's, 8 to 1,024 bytes of UTF-8. */
    public class Passphrase(internal val words: String) : ExportSecret()
}
