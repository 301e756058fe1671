using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Deployment.Toolkit.Analyzers;

/// <summary>DTK3003: a connection string with a password, in a settings file or in code.</summary>
public sealed class ConnectionStringAnalyzer : SettingsRule
{
    internal const string Id = "DTK3003";

    internal static readonly DiagnosticDescriptor Descriptor = new(
        Id,
        "A connection string holds a password",
        "{0} holds a password in the clear ('{1}'). Keep it in a secret store, or let the app sign in as itself.",
        Rules.Secrets,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "What is committed once is known to everybody who ever reads the repository, and to all of its copies.",
        helpLinkUri: Rules.HelpLink(Id)
    );

    internal static readonly DiagnosticDescriptor EmptyPassword = new(
        Id,
        "A connection string holds a password",
        "{0} signs in with an empty password ('{1}'). Give the user one and keep it in a secret store, or let the app sign in as itself.",
        Rules.Secrets,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "What is committed once is known to everybody who ever reads the repository, and to all of its copies.",
        helpLinkUri: Rules.HelpLink(Id)
    );

    private static readonly string[] s_marks = ["passw", "pwd", "passphrase", "key=", "://", "secret", "token", "auth", "credential"];

    internal override DiagnosticDescriptor Rule => Descriptor;

    internal override IEnumerable<Finding> Find(
        SettingsFile file,
        SettingsSet set,
        SettingsModel model,
        CancellationToken cancellationToken
    ) =>
        from setting in file.Root.Descendants()
        where setting.Value is { Kind: JsonKind.String }
        let password = ConnectionSecrets.Find(setting.Value!.Text, isSetting: true)
        let held = password ?? ConnectionSecrets.FindEmpty(setting.Value!.Text)
        where held is not null
        let reference = "secret://" + SecretReferences.Name(setting.Path)
        select new Finding(
            password is null ? EmptyPassword : Descriptor,
            file,
            setting.ValueSpan,
            setting.Path,
            [$"'{setting.Path}'", held]
        )
        {
            Severity = file.IsForDevelopment || model.IsTestProject ? DiagnosticSeverity.Info : null,
            FixTitle = $"Refer to it as '{reference}'",
            Edits = [JsonWriter.Replace(file, setting, JsonWriter.Quote(reference))],
        };

    internal override void StartCode(CodeActions code)
    {
        if (!TestProject.Is(code.Compilation))
        {
            code.OnNode(AnalyzeText, LiteralText.Kinds);
        }
    }

    private static void AnalyzeText(SyntaxNodeAnalysisContext context)
    {
        var node = (ExpressionSyntax)context.Node;
        if (
            LiteralText.Written(node) is { } written
            && MayBe(written)
            && LiteralText.Of(node, context.SemanticModel, context.CancellationToken) is { } text
            && (Password(text) ?? (IsWhole(node) ? ConnectionSecrets.FindEmpty(text) : null)) is { } held
            && !LiteralText.IsMessage(node)
            && !LiteralText.IsHarmless(node, context)
        )
        {
            context.ReportDiagnostic(
                Diagnostic.Create(Password(text) is null ? EmptyPassword : Descriptor, node.GetLocation(), "This connection string", held)
            );
        }
    }

    // An argument may be the beginning of a text that goes on with the password.
    private static bool IsWhole(ExpressionSyntax node) => node.Parent is EqualsValueClauseSyntax or ArrowExpressionClauseSyntax;

    /// <summary>Whether it may be one, by what is written of it apart from its constants.</summary>
    internal static bool MayBe(string written) =>
        (written.IndexOf('=') >= 0 && (written.IndexOf(';') >= 0 || HasMark(written)))
        || (written.IndexOf('@') >= 0 && written.IndexOf("://", StringComparison.Ordinal) >= 0);

    /// <summary>The name of what holds the password in a text of code, or its form; <see langword="null"/> when it has none.</summary>
    internal static string? Password(string text) => text.Length is > 7 and < 2000 && HasMark(text) ? ConnectionSecrets.Find(text) : null;

    private static bool HasMark(string text) => s_marks.Any(m => text.IndexOf(m, StringComparison.OrdinalIgnoreCase) >= 0);
}
