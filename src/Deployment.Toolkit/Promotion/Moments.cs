using System.Globalization;

namespace Deployment.Toolkit.Promotion;

/// <summary>Times as gates tell them.</summary>
internal static class Moments
{
    internal static string Told(DateTimeOffset at) => string.Create(CultureInfo.InvariantCulture, $"{at.UtcDateTime:yyyy-MM-dd HH:mm} UTC");
}
