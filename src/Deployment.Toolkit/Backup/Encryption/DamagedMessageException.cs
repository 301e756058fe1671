namespace Deployment.Toolkit.Backup.Encryption;

/// <summary>What is read is not what was written there: it was altered or cut off, belongs elsewhere, or none of the keys is its.</summary>
internal sealed class DamagedMessageException(string message, Exception? cause = null) : IOException(message, cause);
