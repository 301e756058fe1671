using System.Globalization;
using Deployment.Toolkit.Analyzers.Testing;

namespace Deployment.Toolkit.Analyzers.Tests;

public sealed class SecretLiteralAnalyzerTests
{
    // Put together here, so that no scanner takes this file for a leak.
    private static readonly string s_gitHub = "gh" + "p_" + new string('a', 18) + "B1c2D3e4F5g6H7i8J9";
    private static readonly string s_aws = "AK" + "IA" + "Q3EGRT7XKPLW2MND";

    [Theory]
    [InlineData("const string Password = {|DTK3002:\"Winter2024!\"|};")]
    [InlineData("string dbPassword = {|DTK3002:\"Winter2024!\"|};")]
    [InlineData("var apiKey = {|DTK3002:\"8f3a9c1d7e2b4f60\"|};")]
    [InlineData("var clientSecret = {|DTK3002:\"abc\" + \"123def456\"|};")]
    [InlineData("var o = new Mail { Password = {|DTK3002:\"Winter2024!\"|} };")]
    [InlineData("var o = new Mail();\no.Password = {|DTK3002:\"Winter2024!\"|};")]
    [InlineData("builder.Configuration[\"Jwt:Key\"] = {|DTK3002:\"Kd93mfA7sQp20xLw\"|};")]
    [InlineData("var key = builder.Configuration[\"Jwt:Key\"] ?? {|DTK3002:\"Kd93mfA7sQp20xLw\"|};")]
    [InlineData("var key = Environment.GetEnvironmentVariable(\"JWT_SECRET\") ?? {|DTK3002:\"Kd93mfA7sQp20xLw\"|};")]
    [InlineData("var key = builder.Configuration.GetValue<string>(\"Api:Secret\", {|DTK3002:\"Kd93mfA7sQp20xLw\"|});")]
    [InlineData("var d = new Dictionary<string, string> { [\"ApiKey\"] = {|DTK3002:\"Kd93mfA7sQp20xLw\"|} };")]
    [InlineData("var d = new Dictionary<string, string> { { \"Password\", {|DTK3002:\"Winter2024!\"|} } };")]
    [InlineData("new HttpClient().DefaultRequestHeaders.Add(\"X-Api-Key\", {|DTK3002:\"Kd93mfA7sQp20xLw\"|});")]
    [InlineData("_ = new KeyValuePair<string, string>(\"client_secret\", {|DTK3002:\"Kd93mfA7sQp20xLw\"|});")]
    [InlineData("_ = new System.Net.NetworkCredential(\"robot\", {|DTK3002:\"Winter2024!\"|});")]
    [InlineData("_ = Connect(password: {|DTK3002:\"Winter2024!\"|});\nstatic string Connect(string user = \"robot\", string password = {|DTK3002:\"Summer2024!\"|}) => user + password;")]
    [InlineData("var signingKey = System.Text.Encoding.UTF8.GetBytes({|DTK3002:\"Kd93mfA7sQp20xLw\"|});")]
    [InlineData("_ = new Microsoft.IdentityModel.Tokens.SymmetricSecurityKey(System.Text.Encoding.UTF8.GetBytes({|DTK3002:\"the quick brown fox signs this\"|}));")]
    [InlineData("const string phrase = \"the quick brown fox signs this\";\n_ = new Microsoft.IdentityModel.Tokens.SymmetricSecurityKey(System.Text.Encoding.UTF8.GetBytes({|DTK3002:phrase|}));")]
    [InlineData("const string phrase = \"TheQuickBrownFoxSignsThis\";\nvar bytes = System.Text.Encoding.ASCII.GetBytes({|DTK3002:phrase|});\n_ = new Microsoft.IdentityModel.Tokens.SymmetricSecurityKey(bytes);")]
    [InlineData("const string phrase = \"TheQuickBrownFoxSignsThis\";\nvar bytes = System.Text.Encoding.ASCII.GetBytes({|DTK3002:phrase|});\n_ = new Microsoft.IdentityModel.Tokens.SymmetricSecurityKey(bytes);\n_ = new Microsoft.IdentityModel.Tokens.SymmetricSecurityKey(bytes);")]
    [InlineData("var key = builder.Configuration[\"Jwt:Key\"] ?? {|DTK3002:\"YourSuperSecretKeyThatIsAtLeast32CharactersLong!\"|};")]
    [InlineData("var key = builder.Configuration[\"Jwt:Key\"] ?? {|DTK3002:\"super-secret-key-for-the-demo\"|};")]
    [InlineData("_ = new System.Net.NetworkCredential(\"robot\", {|DTK3002:\"osctzjyjpwgqggas\"|});")]
    [InlineData("System.Net.NetworkCredential robot = new(\"robot\", {|DTK3002:\"osctzjyjpwgqggas\"|});")]
    [InlineData("Microsoft.IdentityModel.Tokens.SymmetricSecurityKey key = new(System.Text.Encoding.UTF8.GetBytes({|DTK3002:\"the quick brown fox signs this\"|}));")]
    [InlineData("const string password = {|DTK3002:\"Winter2024!\"|};\n_ = $\"Host=db;Username=app;Password={password}\";")]
    [InlineData("_ = new Client { ClientSecrets = { new Secret({|DTK3002:\"Kd93mfA7sQp20xLw\"|}.Sha256()), new Secret(\"secret\".Sha256()) } };\n_ = \"Kd93mfA7sQp20xLw\".Sha256();")]
    [InlineData("_ = new Microsoft.IdentityModel.Tokens.SymmetricSecurityKey({|DTK3002:\"Kd93mfA7sQp20xLwZm4RtY81vBnQ6eHs\"u8|}.ToArray());")]
    [InlineData("_ = new Microsoft.IdentityModel.Tokens.SymmetricSecurityKey({|DTK3002:\"the quick brown fox signs this\"u8|}.ToArray());")]
    [InlineData("_ = new Microsoft.IdentityModel.Tokens.SymmetricSecurityKey([.. {|DTK3002:\"the quick brown fox signs this\"u8|}]);")]
    [InlineData("var bytes = {|DTK3002:\"the quick brown fox signs this\"u8|}.ToArray();\n_ = new Microsoft.IdentityModel.Tokens.SymmetricSecurityKey(bytes);")]
    [InlineData("ReadOnlySpan<byte> bytes = {|DTK3002:\"the quick brown fox signs this\"u8|};\n_ = new Microsoft.IdentityModel.Tokens.SymmetricSecurityKey(bytes.ToArray());")]
    [InlineData("_ = new Microsoft.IdentityModel.Tokens.SymmetricSecurityKey(key: System.Text.Encoding.UTF8.GetBytes({|DTK3002:\"Kd93mfA7sQp20xLwZm4RtY81vBnQ6eHs\"|}));")]
    [InlineData("_ = new System.Security.Cryptography.HMACSHA256({|DTK3002:\"Kd93mfA7sQp20xLwZm4RtY81vBnQ6eHs\"u8|}.ToArray());")]
    [InlineData("System.Security.Cryptography.HMACSHA256 hmac = new({|DTK3002:\"Winter-2024-signing!\"u8|}.ToArray());")]
    [InlineData("_ = new System.Security.Cryptography.HMACSHA512(System.Text.Encoding.UTF8.GetBytes({|DTK3002:\"Winter-2024-signing!\"|}));")]
    [InlineData("_ = new System.Security.Cryptography.HMACSHA1(Convert.FromBase64String({|DTK3002:\"Kd93mfA7sQp20xLwZm4RtY81vBnQ6eHs\"|}));")]
    [InlineData("var bytes = System.Text.Encoding.UTF8.GetBytes({|DTK3002:\"Winter-2024-signing!\"|});\n_ = new System.Security.Cryptography.HMACSHA256(bytes);\n_ = System.Security.Cryptography.HMACSHA256.HashData(bytes, bytes);")]
    [InlineData("_ = System.Security.Cryptography.HMACSHA256.HashData({|DTK3002:\"Kd93mfA7sQp20xLwZm4RtY81vBnQ6eHs\"u8|}, \"a text\"u8);")]
    [InlineData("_ = System.Security.Cryptography.HMACSHA256.HashData({|DTK3002:\"Winter-2024-signing!\"u8|}.ToArray(), \"2024-Text!\"u8.ToArray());")]
    [InlineData("_ = new System.Security.Cryptography.AesGcm({|DTK3002:\"Kd93mfA7sQp20xLwZm4RtY81vBnQ6eHs\"u8|}, 16);")]
    [InlineData("Sign(System.Text.Encoding.UTF8.GetBytes({|DTK3002:\"Kd93mfA7sQp20xLwZm4RtY81vBnQ6eHs\"|}));\nstatic void Sign(byte[] key) { }")]
    [InlineData("byte[] signingKey = [.. {|DTK3002:\"Kd93mfA7sQp20xLw\"u8|}];")]
    [InlineData("_ = new System.Net.NetworkCredential(\"robot\", {|DTK3002:\"winter2024\"|});")]
    [InlineData("_ = System.Security.Cryptography.Rfc2898DeriveBytes.Pbkdf2({|DTK3002:\"Winter2024!\"u8|}, [1], 1, System.Security.Cryptography.HashAlgorithmName.SHA256, 1);")]
    public Task A_secret_is_reported_wherever_it_stands(string statements) =>
        RuleTest.ReportsInProgram<SecretLiteralAnalyzer>(statements, Rest);

    [Fact]
    public Task Tokens_of_services_are_known_by_their_form() => RuleTest.ReportsInProgram<SecretLiteralAnalyzer>(
        $$"""
        _ = {|DTK3002:"{{s_gitHub}}"|};
        Call({|DTK3002:"token {{s_gitHub}}"|}, {|DTK3002:"{{s_aws}}"|});
        static void Call(string a, string b) { }
        """);

    [Fact]
    public Task Fields_properties_attributes_and_static_readonly_count() => RuleTest.Reports<SecretLiteralAnalyzer>(
        """
        [Login("robot", Password = {|DTK3002:"Winter2024!"|})]
        public class Mail
        {
            public static readonly string ApiKey = {|DTK3002:"8f3a9c1d7e2b4f60"|};
            public string Password { get; set; } = {|DTK3002:"Winter2024!"|};
            public string JwtKey => {|DTK3002:"Kd93mfA7sQp20xLw"|};
        }

        [Login("robot", {|DTK3002:"Winter2024!"|})]
        public class Other;

        public class LoginAttribute(string user, string password = "") : Attribute { public string User => user; public string Password { get; set; } = password; }
        """);

    [Theory]
    [InlineData("const string Password = \"password\";")]
    [InlineData("const string ApiKeyHeader = \"X-Api-Key-1\";")]
    [InlineData("const string ApiKey = \"X-Api-Key\";")]
    [InlineData("const string AccessToken = \"access_token\";")]
    [InlineData("const string ClientSecret = \"OAuth2:ClientSecret\";")]
    [InlineData("const string JwtSecret = \"JWT_SECRET_V2\";")]
    [InlineData("const string Secret = \"CHANGE_ME_123\";")]
    [InlineData("const string Secret = \"your-256-bit-secret\";")]
    [InlineData("const string Secret = \"<your-key-1>\";")]
    [InlineData("const string Secret = \"${SECRET_1}\";")]
    [InlineData("const string Secret = \"#{Secret1}#\";")]
    [InlineData("const string Secret = \"xxxxxxxx1\";")]
    [InlineData("const string Secret = \"secret://mail-1\";")]
    [InlineData("const string Password = \"Password must have 8 characters\";")]
    [InlineData("const string PasswordPolicy = \"Abc123!x\";")]
    [InlineData("const string PasswordHash = \"AQAAAAEAACcQAAAAEJ9m1\";")]
    [InlineData("const string Password = \"$2a$11$9mK0cWqXGqz0\";")]
    [InlineData("const string PublicKey = \"MIIBIjANBgkqhkiG9w0BAQ12\";")]
    [InlineData("var key = builder.Configuration[\"Jwt:Key\"] ?? \"\";")]
    [InlineData("var file = builder.Configuration[\"Jwt:KeyFile\"] ?? \"keys/signing-key-of-the-app.pem\";")]
    [InlineData("_ = new System.Net.NetworkCredential(\"anonymous\", \"someone\");")]
    [InlineData("const string CacheKey = \"users:v2:all\";")]
    [InlineData("const string ClientId = \"8f3a9c1d-7e2b-4f60-9a3d-1f0e2c4b6a88\";")]
    [InlineData("const string TokenEndpoint = \"https://login.example/oauth2/token\";")]
    [InlineData("const string PrivateKey = \"/etc/keys/app1.pem\";")]
    [InlineData("var sql = \"UPDATE users SET password = @password1\";")]
    [InlineData("cmd(\"@password1\", args[0]);\nstatic void cmd(string name, string value) { }")]
    [InlineData("var password = $\"{args[0]}-1!\";")]
    [InlineData("_ = $\"Host=db;Username=app;Password={args[0]}\";")]
    [InlineData("_ = \"Host=db;Username=app;Password=\" + args[0];")]
    [InlineData("_ = \"Server=(localdb)\\\\mssqllocaldb;Database=x;Trusted_Connection=True\";")]
    [InlineData("_ = \"Host=localhost;Username=postgres;Password=postgres\";")]
    [InlineData("_ = \"Host=db;Username=app;Password=Winter2024!\";")]
    [InlineData("const string ConnectionSecret = \"Host=db;Username=app;Password=Winter2024!\";")]
    [InlineData("_ = \"Host=\" + args[0] + \";Username=app;Password=Winter2024!\";")]
    [InlineData("_ = \"amqp://guest:guest@localhost:5672/\";")]
    [InlineData("_ = \"UseDevelopmentStorage=true\";")]
    [InlineData("_ = \"Data Source=app.db;Cache=Shared\";")]
    [InlineData("_ = \"-----BEGIN PRIVATE KEY-----\";")]
    [InlineData("_ = \"https://example.com/a:b@c\";")]
    [InlineData("if (builder.Environment.IsDevelopment()) { var password = \"Winter2024!\"; }")]
    [InlineData("var algorithm = Find(\"HmacSha256Signature\");\nstatic string Find(string name) => name;")]
    [InlineData("_ = System.Security.Cryptography.HMACSHA256.HashData(\"WebAppData\"u8, \"a text\"u8);")]
    [InlineData("_ = new System.Security.Cryptography.HMACSHA512(\"Bitcoin seed\"u8.ToArray());")]
    [InlineData("_ = new System.Security.Cryptography.HMACSHA256(Load(\"signing-key-2024\"));\nstatic byte[] Load(string name) => [];")]
    [InlineData("_ = new Microsoft.IdentityModel.Tokens.SymmetricSecurityKey(Load(\"signing-key-2024\"));\nstatic byte[] Load(string name) => [];")]
    [InlineData("_ = System.Security.Cryptography.SHA256.HashData(\"Winter-2024-signing!\"u8);")]
    [InlineData("Write(\"Kd93mfA7sQp20xLwZm4RtY81vBnQ6eHs\"u8.ToArray());\nstatic void Write(byte[] data) { }")]
    public Task What_only_looks_like_a_secret_is_silent(string statements) => RuleTest.ReportsInProgram<SecretLiteralAnalyzer>(statements, Rest);

    [Fact]
    public async Task The_message_names_the_place_and_never_the_value()
    {
        var thrown = await Record.ExceptionAsync(() => RuleTest.ReportsInProgram<SecretLiteralAnalyzer>("const string Password = \"Winter2024!\";"));
        Assert.Contains("'Password' holds a secret, and everyone who has the source or the binary can read it.", thrown?.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("Winter2024", thrown!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public Task A_file_among_tests_is_silent()
    {
        var test = new CSharpAnalyzerTest<SecretLiteralAnalyzer>();
        test.TestState.Sources.Add(("/0/tests/Api.cs", string.Create(CultureInfo.InvariantCulture, $"class Api {{ const string ApiKey = \"{s_gitHub}\"; }}")));
        return test.RunAsync(TestContext.Current.CancellationToken);
    }

    private const string Rest =
        """
        public class Mail { public string? Password { get; set; } }
        public class Secret(string value) { public string Value => value; }
        public class Client { public System.Collections.Generic.List<Secret> ClientSecrets { get; } = new(); }
        public static class Hashes { public static string Sha256(this string text) => text; }
        """;
}
