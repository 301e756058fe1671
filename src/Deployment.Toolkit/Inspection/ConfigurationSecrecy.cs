using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using Deployment.Toolkit.Options;
using Deployment.Toolkit.Secrecy;

namespace Deployment.Toolkit.Inspection;

/// <summary>
/// Tells which values of the configuration must not be seen: by the key's name, by the type of the options' member, because the app
/// named the key as a secret's, or because one stands in the value. In doubt a value is hidden.
/// </summary>
[UnconditionalSuppressMessage(
    "Trimming",
    "IL2026",
    Justification = "Only AddValidatedOptions puts something in, and it carries the warning."
)]
internal sealed class ConfigurationSecrecy(OwnedSections owned, DeclaredSecrets declared, Func<string, string> redact)
{
    /// <summary>Whether a value is a secret or holds one. A reference is none: whoever reads it needs the name.</summary>
    internal bool Hides(string key, string value) =>
        !IsReference(value)
        && (
            IsSecret(key)
            || SecretReference.IsReference(value)
            || SecretForms.Match(value) is not null
            || SecretValues.IsSecret(key, value)
            || SecretParts.Of(value).Count > 0
            || redact(value) != value
        );

    /// <summary>Whether a value names its secrets and holds none: it may be seen, recorded and compared.</summary>
    internal static bool IsReference(string value) =>
        SecretReference.TryParse(value, out _)
        || (
            !SecretReference.IsReference(value)
            && SecretText.ReferencesIn(value).Count > 0
            && SecretParts.Of(SecretText.WithoutReferences(value)).Count == 0
        );

    private static bool IsMarked(PropertyInfo property) =>
        property.GetCustomAttribute<DataTypeAttribute>() is { DataType: DataType.Password or DataType.CreditCard }
        || property.GetCustomAttribute<PasswordPropertyTextAttribute>() is { Password: true };

    /// <summary>Whether a key is a secret's, whatever its value.</summary>
    internal bool IsSecret(string key)
    {
        if (declared.Holds(key))
            return true;

        var place = owned.PlaceOf(key);
        var type = place?.Type;
        type = type is null ? null : Nullable.GetUnderlyingType(type) ?? type;
        if (type == typeof(Secret) || (place?.Members.Any(static member => member.Property is { } property && IsMarked(property)) ?? false))
            return true;

        // What can only be a switch or a duration is no secret, whatever its name.
        return type != typeof(bool)
            && type != typeof(TimeSpan)
            && type is not { IsEnum: true }
            && (
                (key is not ("PWD" or "OLDPWD") && SecretNames.Of(key) != SecretName.None) || key.Split(':')[..^1].Any(SecretNames.IsPlural)
            );
    }
}
