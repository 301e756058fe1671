namespace Deployment.Toolkit.Platform;

/// <summary>Tells a disk that refuses from a mistake in the code.</summary>
internal static class DiskFault
{
    /// <summary>
    /// Whether the file system said no. A file that may not grow further (EFBIG) comes out of .NET as an argument out of its range.
    /// </summary>
    internal static bool Is(Exception exception) =>
        exception is IOException or UnauthorizedAccessException or ArgumentOutOfRangeException { ParamName: "value" };
}
