using System.Collections.Generic;

namespace Deployment.Toolkit.Secrecy;

/// <summary>The words of a name.</summary>
internal static class NameWords
{
    /// <summary>"smtpPassword", "SMTP_PASSWORD" and "smtp-password" are two words each.</summary>
    internal static List<string> Of(string name)
    {
        var words = new List<string>();
        var start = 0;
        for (var i = 0; i <= name.Length; i++)
        {
            var ends =
                i == name.Length
                || !char.IsLetterOrDigit(name[i])
                || (
                    i > start && char.IsUpper(name[i]) && (!char.IsUpper(name[i - 1]) || (i + 1 < name.Length && char.IsLower(name[i + 1])))
                );
            if (!ends)
                continue;

            if (i > start)
                words.Add(name.Substring(start, i - start).ToUpperInvariant());
            start = i < name.Length && char.IsLetterOrDigit(name[i]) ? i : i + 1;
        }

        return words;
    }
}
