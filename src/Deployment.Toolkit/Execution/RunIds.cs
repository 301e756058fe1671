using System.Globalization;
using System.Security.Cryptography;

namespace Deployment.Toolkit.Execution;

/// <summary>Makes run ids that sort by time and are short enough to type: <c>20261121-034351-7f3a</c>.</summary>
internal static class RunIds
{
    internal static string New(TimeProvider time) =>
        time.GetUtcNow().UtcDateTime.ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture)
        + "-"
        + RandomNumberGenerator.GetHexString(4, lowercase: true);
}
