using System.Text.Json;
using System.Text.RegularExpressions;

namespace Deployment.Toolkit.Architecture.Tests;

/// <summary>What opens something must not stand in the repository, but for the key of the sample's Development.</summary>
public sealed partial class KeyMaterialTests
{
    private const string DevelopmentKey = "samples/ContentApi/secrets.Development.key";

    [Fact]
    public void No_key_file_but_Developments_stands_in_the_repository() => Findings.None(
        from pattern in (string[])["*.key", "*.pem", "*.pfx", "*.p12", "*.jks", "id_*"]
        from file in Repository.Files(".", pattern)
        let name = Repository.Relative(file).TrimStart('.', '/')
        // Of a sample that was deployed here: no part of the repository, which ignores such folders.
        where name != DevelopmentKey && !name.Contains("/.deployment/", StringComparison.Ordinal)
        select name,
        "Whoever has the repository has these keys. Take them out and replace what they open:");

    [Fact]
    public void What_a_deployment_leaves_is_ignored() => Assert.Contains(".deployment/", File.ReadAllLines(Path.Combine(Repository.Root, ".gitignore")));

    [Fact]
    public void No_sealed_file_but_Developments_names_a_published_key() => Findings.None(
        from file in Repository.Files("samples", "secrets.*.json")
        let root = JsonDocument.Parse(File.ReadAllText(file)).RootElement
        where root.GetProperty("environment").GetString() != "Development"
        from header in root.GetProperty("headers").EnumerateArray()
        where header.TryGetProperty("developmentKey", out _)
        select Repository.Relative(file),
        "A key for everybody protects nothing. Only Development may have one:");

    [Fact]
    public void No_private_key_stands_in_a_text_of_the_repository() => Findings.None(
        from folder in (string[])["samples", "tests", "src", "analyzers", "docs"]
        from pattern in (string[])["*.cs", "*.json", "*.md", "*.txt", "*.env", "*.yml", "*.csproj"]
        from file in Repository.Files(folder, pattern)
        from Match match in PrivateKey().Matches(File.ReadAllText(file))
            // A line of it alone is no key; what tests show of one does not decode.
        where IsKey(match.Groups["body"].Value)
        select Repository.Relative(file),
        "Make keys where they are used, and keep them nowhere:");

    private static bool IsKey(string body)
    {
        var bytes = new byte[body.Length];
        var text = Blank().Replace(body.Replace("\\n", "\n", StringComparison.Ordinal), "");
        if (!Convert.TryFromBase64String(text, bytes, out var written)) return false;
        try
        {
            using var key = System.Security.Cryptography.ECDsa.Create();
            key.ImportPkcs8PrivateKey(bytes.AsSpan(0, written), out _);
            return true;
        }
        catch (System.Security.Cryptography.CryptographicException)
        {
            return false;
        }
    }

    [GeneratedRegex(@"-----BEGIN [A-Z ]{0,20}PRIVATE KEY-----(?<body>[A-Za-z0-9+/=\s\\]{40,4000})-----END", RegexOptions.CultureInvariant, 5000)]
    private static partial Regex PrivateKey();

    [GeneratedRegex(@"\s", RegexOptions.None, 5000)]
    private static partial Regex Blank();
}
